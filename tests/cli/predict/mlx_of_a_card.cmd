"$TOKENROOF" predict llama-3.1-8b rtx-4090 --engine mlx
