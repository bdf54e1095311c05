"$TOKENROOF" step deepseek-v3,lyers=30 8xh100-sxm
