"$TOKENROOF" roof llama-3.1-70b 8xh100-sxm --batch 1,8,64 --physics fitted --csv
