"$TOKENROOF" step llama-3.1-70b 4xh100-sxm --weights fp8 --batch 16 --physics fitted --engine vllm
