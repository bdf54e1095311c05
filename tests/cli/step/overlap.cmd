"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --batch 64 --plot - | tail -22
