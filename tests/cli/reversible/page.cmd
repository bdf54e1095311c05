"$TOKENROOF" reversible llama-3.1-8b 8xh100-sxm --measure no --layers 8 --rounds 4 --explain
