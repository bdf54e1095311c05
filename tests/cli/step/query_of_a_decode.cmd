"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --phase decode --query 1,512
