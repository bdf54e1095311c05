head -c 600 "$HERE/tiny.gguf" > a.bin; "$TOKENROOF" memory --gguf-head a.bin rtx-4090
