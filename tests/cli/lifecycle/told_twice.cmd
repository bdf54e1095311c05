"$TOKENROOF" lifecycle llama-3.1-8b h100-sxm --gpu-hours 1.46M --train-mfu 0.4
