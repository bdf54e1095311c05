"$TOKENROOF" predict llama-3.1-8b 2xrtx-4090 --engine vllm --split row
