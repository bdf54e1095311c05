"$TOKENROOF" step llama-3.1-8b 2xm4-max --tp 2 --physics ops
