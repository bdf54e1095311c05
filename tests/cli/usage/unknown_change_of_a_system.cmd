"$TOKENROOF" step deepseek-v3 8xh100-sxm,bwidth=2x
