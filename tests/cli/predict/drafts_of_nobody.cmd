"$TOKENROOF" predict llama-3.1-8b h100-sxm --draft 3 --tokens-per-step 2.2 --concurrency 8
