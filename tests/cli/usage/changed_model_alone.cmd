"$TOKENROOF" models llama-3.1-70b,kv_heads=4,context=32k
