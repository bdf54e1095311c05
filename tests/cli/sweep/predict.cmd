"$TOKENROOF" predict llama-3.1-70b 8xh100-sxm --weights fp8,bf16 --concurrency 1,32
