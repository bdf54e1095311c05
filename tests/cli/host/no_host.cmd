"$TOKENROOF" step llama-3.1-8b rtx-4090 --engine llamacpp --gpu-layers 10
