"$TOKENROOF" --json step deepseek-v3 gb200-nvl72
