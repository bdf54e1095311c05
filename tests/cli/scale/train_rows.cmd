"$TOKENROOF" scale llama-3.1-70b 8xh100-sxm --part train --batch 1,64 --jsonl
