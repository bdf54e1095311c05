"$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --chapter 5 </dev/null
