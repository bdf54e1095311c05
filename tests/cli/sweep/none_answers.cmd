"$TOKENROOF" step llama-3.1-8b h100-sxm --tp 2,4
