"$TOKENROOF" scale llama-3.1-8b rtx-4090,mem=12GB --part pipeline --stages 1,2
