"$TOKENROOF" step total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s --query 1,64,4096
