"$TOKENROOF" oracle deepseek/deepseek-chat --model deepseek-v3 --kv fp8 --system h800-sxm --price 2 --samples 20k
