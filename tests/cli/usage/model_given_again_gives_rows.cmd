"$TOKENROOF" step deepseek-v3 gb200-nvl72 --model qwen3-32b
