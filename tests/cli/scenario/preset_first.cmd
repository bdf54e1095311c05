echo "{\"batch_seq\": 601, \"preset\": \"relearning-02\"}" > s.json
"$TOKENROOF" step --scenario s.json | sed -n 1,8p
