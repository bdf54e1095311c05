"$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --draft-model llama-3.2-1b --batch 8,64 --speed 150 --price-ratio 6 --speed-ratio 5
