"$TOKENROOF" report llama-3.1-70b 8xh100-sxm --batch 1,64 | grep -E "^batch|for batch"
