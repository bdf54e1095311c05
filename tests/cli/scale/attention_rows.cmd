"$TOKENROOF" scale deepseek-v3.2 8xb200-sxm --part attention --batch 4 --csv
