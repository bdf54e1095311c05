"$TOKENROOF" step qwen3-8b rtx-4090 --gguf-head "$HERE/tiny.gguf"
