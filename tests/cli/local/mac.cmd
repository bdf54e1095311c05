"$TOKENROOF" local qwen3-30b-a3b m3-max-40,mem=64GB --weights q4_k_m,q5_k_m,q6_k,q8_0,f16
