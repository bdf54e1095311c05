"$TOKENROOF" menu deepseek-v3 8xb200-sxm --draft 2 --accept 0.7 --context 8k --json | grep -v '"tokenroof":'
