"$TOKENROOF" local llama-3.1-8b rtx-3060 --weights q4_k_m,q8_0,f16 --csv
