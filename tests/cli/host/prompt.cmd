"$TOKENROOF" step llama-3.1-70b rtx-4090+epyc-9654,mem=256GB --weights q4_k_m --engine llamacpp --ngl 40 --query 2k --json | grep terms
