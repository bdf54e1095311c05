"$TOKENROOF" lifecycle llama-3.1-405b 16xh100-sxm --train-tokens 15.6T --gpu-hours 30.84M --explain | head -28
