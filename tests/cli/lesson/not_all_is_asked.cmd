"$TOKENROOF" lesson total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s --context 64k </dev/null
