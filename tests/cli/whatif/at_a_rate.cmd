"$TOKENROOF" whatif deepseek-v3 8xb200-sxm --rate 2/s | tail -4
