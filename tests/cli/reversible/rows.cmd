"$TOKENROOF" reversible llama-3.1-8b h100-sxm --measure no --csv
