"$TOKENROOF" layout llama-3.1-70b h100-sxm
