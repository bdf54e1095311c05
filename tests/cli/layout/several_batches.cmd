"$TOKENROOF" layout llama-3.1-70b 8xh100-sxm --batch 1,64,4096
