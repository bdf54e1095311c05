"$TOKENROOF" report llama-3.1-70b 8xh200-sxm --weights fp8 --physics fitted --engine vllm --json | grep -A12 steps
