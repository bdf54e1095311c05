"$TOKENROOF" memory llama-3.1-8b h100-sxm --kv fp8,bf16 --json | grep -v commit
