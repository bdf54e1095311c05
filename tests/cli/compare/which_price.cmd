"$TOKENROOF" compare llama-3.1-70b 8xh100-sxm 4xb200-sxm 8xh100-sxm | head -7; "$TOKENROOF" compare llama-3.1-70b 8xh100-sxm 4xb200-sxm --price spot,2.5 | tail -3
