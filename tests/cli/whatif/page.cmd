"$TOKENROOF" whatif llama-3.1-70b 8xh100-sxm --isl 8k --osl 1k --concurrency 64
