"$TOKENROOF" lifecycle deepseek-v3 h800-sxm --train-tokens 14.8T --gpu-hours 2.788M
