"$TOKENROOF" predict deepseek-v3 8xb200-sxm --isl 8k --osl 1k --concurrency 64 --slo 'tpot<40ms' --plot -
