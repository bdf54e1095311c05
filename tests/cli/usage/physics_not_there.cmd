"$TOKENROOF" step deepseek-v3 gb200-nvl72 --physics magic
