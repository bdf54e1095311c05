printf '{"max_num_sequences": null}' > s.json; "$TOKENROOF" step --scenario s.json
