"$TOKENROOF" compare 'llama-3.1-70b --weights fp8' 8xh100-sxm 8xh200-sxm
