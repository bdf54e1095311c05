"$TOKENROOF" local llama-3.1-70b rtx-4090+epyc-9654,mem=256GB --weights q4_k_m --json | grep -o "\"limited_by\": \"[a-z]*\""
