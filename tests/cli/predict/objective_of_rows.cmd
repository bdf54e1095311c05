"$TOKENROOF" predict llama-3.1-70b 4xh100-sxm --isl 8k --osl 1k --concurrency 1,32,128 --slo 'ttft:p95<2s,tpot<50ms'
