"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --weights fp8,bf16 --tp 2,8 --batch 1,64
