"$TOKENROOF" local qwen3-235b-a22b rtx-4090+ryzen-9950x,mem=96GB --weights q4_k_m
