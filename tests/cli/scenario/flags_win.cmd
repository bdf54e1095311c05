echo "{\"model\": \"total=8e9,kv=1e5\", \"system\": \"flops=1e15,bw=1e12,mem=80GB\", \"batch_seq\": [1, 2], \"context_token\": \"1k\"}" > s.json
"$TOKENROOF" step --scenario s.json --batch 4
