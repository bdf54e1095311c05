"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --query 1..4096x8 --plot - | head -40
