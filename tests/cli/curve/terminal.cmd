"$TOKENROOF" curve total=671e9,active=37e9,kv=70272,weight=1 flops=360e15,bw=576TB/s,mem=13.4TB,usd=237.6 --context 1k --plot -
