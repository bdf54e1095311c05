"$TOKENROOF" scale deepseek-v3 8xh100-sxm --part train
