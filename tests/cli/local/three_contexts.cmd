"$TOKENROOF" local llama-3.1-8b rtx-4090 --context 1k,2k,4k
