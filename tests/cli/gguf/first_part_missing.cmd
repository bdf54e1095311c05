cp "$HERE/part-00001-of-00002.gguf" part-00002-of-00002.gguf && "$TOKENROOF" models part-00002-of-00002.gguf
