"$TOKENROOF" reversible deepseek-v3 8xh100-sxm --measure no --layers 1 --rounds 1
