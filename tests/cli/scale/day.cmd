"$TOKENROOF" scale deepseek-v3 gb200-nvl72 --context 8k --part day --day conversation
