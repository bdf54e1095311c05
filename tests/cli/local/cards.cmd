"$TOKENROOF" local qwen3-32b 2xrtx-3090 --context 2k,32k --kv q8_0
