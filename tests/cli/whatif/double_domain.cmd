"$TOKENROOF" whatif deepseek-v3 8xh200-sxm --question double-domain | head -3
