"$TOKENROOF" predict qwen3-30b-a3b rtx-4090 --weights q4_k_m --engine llamacpp --isl 4k --osl 128 --concurrency 1 --ubatch-size 2k | head -8
