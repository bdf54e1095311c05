"$TOKENROOF" local llama-3.1-8b rtx-4090 --weights q4_k_m,q8_0 --json | tail -n +3
