"$TOKENROOF" tiers deepseek-v3 8xh200-sxm --context 32k --plot -
