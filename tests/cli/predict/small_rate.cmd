"$TOKENROOF" predict qwen3-32b 4xh100-sxm --rate 0.01 | head -13
