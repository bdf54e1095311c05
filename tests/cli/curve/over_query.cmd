"$TOKENROOF" curve llama-3.1-70b 8xh100-sxm --over query --batch 16 --ratio 5
