"$TOKENROOF" tiers deepseek-v3 8xh100-sxm --context 32k --explain
