"$TOKENROOF" local llama-3.1-8b rtx-4090 --concurrency 8; "$TOKENROOF" local llama-3.1-8b rtx-4090 --rate 2/s; "$TOKENROOF" local llama-3.1-8b rtx-4090 --weights q4_k_m,q9
