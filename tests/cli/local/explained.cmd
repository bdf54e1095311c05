"$TOKENROOF" local llama-3.1-8b rtx-4090 --weights q8_0 --explain
