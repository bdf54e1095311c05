"$TOKENROOF" step llama-3.1-8b h100-sxm --system h200-sxm --model qwen3-8b --tp 1,1 --csv | cut -d, -f1-3,10
