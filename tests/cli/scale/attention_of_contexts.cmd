"$TOKENROOF" scale deepseek-v3.2 gb200-nvl72 --part attention --context 8k,128k --csv | cut -d, -f1-4 | sed -n "1,3p;20,22p"
