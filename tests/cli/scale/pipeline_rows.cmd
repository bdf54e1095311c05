"$TOKENROOF" scale deepseek-v3 8xh100-sxm --part pipeline --weights bf16 --stages 2,3 --hop 2ms --csv
