"$TOKENROOF" scale llama-3.1-8b 8xh100-sxm --part sparsity --context 8k
