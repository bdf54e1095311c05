cp "$HERE/tiny.gguf" . && "$TOKENROOF" models tiny.gguf
