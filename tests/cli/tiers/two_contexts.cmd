"$TOKENROOF" tiers llama-3-8b h100-sxm --context 1k,64k --hold 5min --csv
