"$TOKENROOF" memory llama-3.1-8b h100-sxm --kv fp8,bf16 --batch 1,64 --jsonl | cut -c1-11
