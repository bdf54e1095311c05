"$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --price-ratio 6 | tail -22; "$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --speed-ratio 3 | grep -A2 "A fast"
