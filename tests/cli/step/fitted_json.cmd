"$TOKENROOF" step llama-3.1-70b 8xh200-sxm --batch 16 --physics fitted --json | grep -E "physics|calibration|distance|_s\"" 
