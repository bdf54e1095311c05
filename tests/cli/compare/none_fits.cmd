"$TOKENROOF" compare llama-3.1-405b h100-sxm a100-sxm-80gb
