"$TOKENROOF" compare --weights fp8,bf16 qwen3-32b 8xh100-sxm
