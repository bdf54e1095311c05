"$TOKENROOF" compare 8xh100-sxm 8xh200-sxm
