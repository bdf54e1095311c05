"$TOKENROOF" predict llama-3.1-70b 4xh100-sxm --concurrency 1 | grep "in use"
