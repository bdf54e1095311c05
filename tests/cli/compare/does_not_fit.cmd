"$TOKENROOF" compare 'llama-3.1-405b h100-sxm' 'llama-3.1-405b 8xh200-sxm'
