"$TOKENROOF" scale gpt-oss-20b 8xh100-sxm --part moe --batch 8,64 --context 4k,8k --csv
