"$TOKENROOF" step deepseek-v3 gb200-nvl72 --batch 1,8 --kv fp8 --context 8k --price 3 --json > a.json
"$TOKENROOF" step --scenario a.json --json > b.json && cmp a.json b.json && echo same
"$TOKENROOF" report deepseek-v3 gb200-nvl72 --kv fp8 --json > a.json
"$TOKENROOF" report --scenario a.json --json > b.json && cmp a.json b.json && echo same
