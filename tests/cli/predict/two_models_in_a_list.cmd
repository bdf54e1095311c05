"$TOKENROOF" predict llama-3.1-8b,llama-3.1-70b h100-sxm
