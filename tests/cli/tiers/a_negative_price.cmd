"$TOKENROOF" tiers llama-3-8b h100-sxm --ddr-price -3
