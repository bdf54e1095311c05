"$TOKENROOF" layout deepseek-v3 gb200-nvl72 --batch 4096
