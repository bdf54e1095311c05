"$TOKENROOF" predict llama-3-8b 2xrtx-3090 --weights q4_k_m --engine llamacpp --isl 1k --osl 1k --concurrency 1 --split-mode row | head -9
