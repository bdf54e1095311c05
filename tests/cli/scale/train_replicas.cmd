"$TOKENROOF" scale deepseek-v3 tpu-v5p-pod --part train
