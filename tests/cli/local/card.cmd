"$TOKENROOF" local llama-3.1-70b rtx-4090
