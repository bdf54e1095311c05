"$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --batch 8 --context 4k --topic sparsity --measured 108/s </dev/null
