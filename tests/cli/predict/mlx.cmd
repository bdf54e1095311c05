"$TOKENROOF" predict qwen3-30b-a3b m4-max --weights q4_0 --engine mlx --isl 2k --osl 128 --concurrency 1 | head -8
