"$TOKENROOF" step llama-3.1-8b rtx-4090+epyc-9654 --engine vllm --gpu-layers 10
