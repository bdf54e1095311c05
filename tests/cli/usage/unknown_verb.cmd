"$TOKENROOF" stpe deepseek-v3 gb200-nvl72
