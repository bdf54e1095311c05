"$TOKENROOF" predict llama-3.1-8b epyc-9654 --weights q4_0 --engine llamacpp --isl 512 --osl 128 --concurrency 1 --threads 16
