"$TOKENROOF" compare llama-3.1-8b h100-sxm l40s --plot -
