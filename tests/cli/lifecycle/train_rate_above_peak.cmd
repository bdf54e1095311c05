"$TOKENROOF" lifecycle llama-3.1-8b h100-sxm --train-tok/s 1e6
