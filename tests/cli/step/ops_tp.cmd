"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --batch 1..64x8 --physics ops --tp 4 --csv
