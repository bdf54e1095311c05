"$TOKENROOF" scale llama-3.1-8b h100-sxm --part moe --csv
