"$TOKENROOF" reversible llama-3.1-8b
