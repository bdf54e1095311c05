"$TOKENROOF" lifecycle total=100e9 h100-sxm --train-tokens 2e12 --serve 1e5,1e7,1e9 --csv
