"$TOKENROOF" step deepseek-v3 gb200-nvl72 --co 3
