"$TOKENROOF" compare 'llama-3.1-8b h100-sxm --rate 2/s' 'llama-3.1-8b h100-sxm' --concurrency 8 | head -3
