"$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --batch 8 --chapter 10 --measured 108/s --plot -
