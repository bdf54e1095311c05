"$TOKENROOF" local llama-3.1-8b rtx-3060 --plot - --weights q4_k_m,q5_k_m,q6_k,q8_0,f16
