"$TOKENROOF" layout llama-3.1-70b 8xh100-sxm --batch 64 --physics bound && "$TOKENROOF" layout llama-3.1-70b 8xh100-sxm --batch 64 --plot - | head -12
