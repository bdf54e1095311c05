"$TOKENROOF" memory total=7e9 flops=1e15,bw=1e12 --plot -
