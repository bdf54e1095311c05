"$TOKENROOF" lifecycle deepseek-v3 h100-sxm --train-tokens 14.8e12 --serve 1e6,5e7 --explain
