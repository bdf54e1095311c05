"$TOKENROOF" predict llama-3.1-405b 8xh100-sxm
