printf "{\"model\": \"deepseek-v3\",\n \"batch_seq\": [1, 0]}" > s.json
"$TOKENROOF" step --scenario s.json gb200-nvl72
