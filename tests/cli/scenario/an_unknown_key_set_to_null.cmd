printf '{"max_num_seqs": null}' > s.json; "$TOKENROOF" step --scenario s.json
