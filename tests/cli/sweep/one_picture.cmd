"$TOKENROOF" step llama-3.1-8b h100-sxm --weights fp8,bf16 --plot x.svg
