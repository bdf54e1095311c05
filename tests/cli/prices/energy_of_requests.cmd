"$TOKENROOF" predict llama-3.1-70b 8xh100-sxm --isl 1k --osl 1k --concurrency 64 --price spot --utilisation 0.6 --electricity "\$0.08/kWh" --pue 1.1
