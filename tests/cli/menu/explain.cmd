"$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --explain --speed 40 --margin 2 | tail -32
