"$TOKENROOF" scale deepseek-v3 8xh100-sxm --weights fp4 --context 8k --explain
