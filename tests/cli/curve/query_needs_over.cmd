"$TOKENROOF" curve llama-3.1-70b 8xh100-sxm --query 1..512x4
