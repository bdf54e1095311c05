printf "{\"batch_seq\": [1, 2}" > s.json
"$TOKENROOF" step --scenario s.json
