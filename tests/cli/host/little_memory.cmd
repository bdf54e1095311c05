"$TOKENROOF" memory llama-3.1-70b rtx-4090+epyc-9654,mem=16GB --weights q4_k_m --engine llamacpp
