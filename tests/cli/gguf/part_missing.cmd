cp "$HERE/part-00001-of-00002.gguf" . && "$TOKENROOF" models part-00001-of-00002.gguf
