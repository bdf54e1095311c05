"$TOKENROOF" step deepseek-v3 8xh200-sxm --draft 3 --phase prefill
