cp "$HERE/tiny.gguf" . && "$TOKENROOF" step --gguf-head tiny.gguf rtx-4090
