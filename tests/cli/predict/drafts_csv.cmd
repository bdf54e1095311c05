"$TOKENROOF" predict deepseek-v3 8xb200-sxm --draft 1,2,3 --isl 2k --concurrency 16 --csv | cut -d, -f22-64
