"$TOKENROOF" lifecycle total=100e9 h100-sxm --rl-flop 1
