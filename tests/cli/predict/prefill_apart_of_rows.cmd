"$TOKENROOF" predict llama-3.1-70b 8xh100-sxm --isl 8k --osl 1k --concurrency 8,32 --disagg 4:4 --engine vllm | head -1
