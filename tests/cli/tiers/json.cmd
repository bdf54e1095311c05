"$TOKENROOF" tiers deepseek-v3 8xh200-sxm --json --explain | grep -v commit
