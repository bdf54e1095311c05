"$TOKENROOF" whatif llama-3.1-70b 8xh100-sxm --question 10x-bandwidth
