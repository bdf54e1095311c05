"$TOKENROOF" tiers llama-3-8b flops=2e15,bw=3.35TB/s,mem=80GB,usd=2 --ddr-price 30
