"$TOKENROOF" predict gpt-oss-120b rtx-4090+epyc-9654,mem=256GB --engine llamacpp --isl 4k --osl 512 --concurrency 1
