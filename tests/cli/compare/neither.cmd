"$TOKENROOF" compare llama-3.1-70b 8xh100-sxm 8xh300
