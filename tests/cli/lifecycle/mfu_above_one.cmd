"$TOKENROOF" lifecycle total=100e9 h100-sxm --serve-mfu 120%
