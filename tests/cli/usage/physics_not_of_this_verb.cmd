"$TOKENROOF" menu llama-3.1-70b 8xh200-sxm --physics fitted
