"$TOKENROOF" compare 'llama-3.1-70b 8xh100-sxm' 'llama-3.1-70b 4xb200-sxm --weights fp8' --isl 8k --osl 1k --concurrency 64
