"$TOKENROOF" step deepseek-v3 gb200-nvl72 --batch 4096 --physics ops --explain
