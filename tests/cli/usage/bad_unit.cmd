"$TOKENROOF" step deepseek-v3 gb200-nvl72 --price 3TB/s
