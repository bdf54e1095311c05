"$TOKENROOF" memory deepseek-v3 8xh100-sxm --weights bf16
