"$TOKENROOF" curve total=800e9,active=100e9,weight=1 flops=2.4e15,bw=4TB/s,usd=2 --over query --context 0 --query 1,480,2400,24000 --ratio 5 | tail -32
