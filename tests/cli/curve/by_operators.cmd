"$TOKENROOF" curve llama-3.1-70b 8xh100-sxm --batch 1..64x4 --physics ops --tp 8 --csv
