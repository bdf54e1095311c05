"$TOKENROOF" local "$HERE/../gguf/tiny.gguf" rtx-4090 2>/dev/null | grep -E "this file|q4_k_m|best"
