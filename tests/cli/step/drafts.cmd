"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --draft 4 --draft-model llama-3.2-1b --batch 8
