"$TOKENROOF" scale llama-3.1-70b 8xh100-sxm --part pipeline --stages 1,4 --batch 512 --json | tail -n +3
