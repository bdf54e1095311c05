printf "{\"batch_seq\": {\"a\": 1}}" > s.json
"$TOKENROOF" step --scenario s.json
