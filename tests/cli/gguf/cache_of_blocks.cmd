"$TOKENROOF" memory qwen3-8b rtx-4090 --engine llamacpp --weights Q4_K_M --kv q8_0 --context 32k
