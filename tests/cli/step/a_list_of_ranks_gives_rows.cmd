"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --physics ops --tp 1,2,4
