"$TOKENROOF" tiers deepseek-v3 8xh100-sxm --json --explain | grep -v commit
