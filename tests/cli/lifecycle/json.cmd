"$TOKENROOF" lifecycle total=100e9 h100-sxm --train-tokens 2e12 --json | tail -n +3
