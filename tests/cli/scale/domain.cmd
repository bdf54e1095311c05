"$TOKENROOF" scale deepseek-v3 gb200-nvl72 --part domain --context 8k
