"$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --tp 4 --csv | cut -d, -f1-2,6-12,14 && "$TOKENROOF" menu llama-3.1-70b 8xh100-sxm --tp 4 --engine vllm --speed 30,60
