"$TOKENROOF" compare llama-3.1-70b 8xh100-sxm 4xb200-sxm mi300x-platform --engine vllm | tail -22
