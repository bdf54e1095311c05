"$TOKENROOF" compare 8xh100-sxm 8xh200-sxm --model llama-3.1-8b | head -3
