"$TOKENROOF" tiers deepseek-v3 8xh100-sxm --hits 1,3 | grep -A3 hits
