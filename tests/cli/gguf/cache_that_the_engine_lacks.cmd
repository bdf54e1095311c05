"$TOKENROOF" memory qwen3-8b rtx-4090 --engine vllm --kv q4_0
