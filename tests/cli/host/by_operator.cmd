"$TOKENROOF" step gpt-oss-120b rtx-4090+epyc-9654,mem=256GB --engine llamacpp --n-cpu-moe 30 --by operator --physics fitted
