"$TOKENROOF" tiers llama-3-8b h100-sxm --context 0
