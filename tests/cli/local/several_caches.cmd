"$TOKENROOF" local qwen3-8b rtx-4090 --kv f16,q8_0,q4_0 --weights q4_k_m,q8_0
