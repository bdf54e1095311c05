"$TOKENROOF" reversible total=8e9,kv=1000 8xh100-sxm
