"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --price spot,2.50,3yr && "$TOKENROOF" predict llama-3.1-70b 8xh100-sxm --price 2,3
