"$TOKENROOF" step llama-3.1-70b rtx-4090+epyc-9654 --weights q4_k_m --engine llamacpp --gpu-layers all
