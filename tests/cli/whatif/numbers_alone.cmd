"$TOKENROOF" whatif total=8e9 flops=1e15,bw=3e12
