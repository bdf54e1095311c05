"$TOKENROOF" predict llama-3.1-8b rtx-4090,power=300W --weights q4_k_m --engine llamacpp --isl 4k --osl 512 --concurrency 1 | head -8
