"$TOKENROOF" tiers llama-3-8b flops=2e15,bw=3.35TB/s,usd=2 --hold 1min
