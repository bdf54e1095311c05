"$TOKENROOF" scale deepseek-v3 gb200-nvl72 --part sparsity --explain
