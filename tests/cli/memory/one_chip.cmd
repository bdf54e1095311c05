"$TOKENROOF" memory deepseek-v3 8xh200-sxm --batch 64 --context 32k --engine sglang
