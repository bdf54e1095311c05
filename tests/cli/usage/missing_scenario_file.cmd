"$TOKENROOF" step --scenario nowhere.json
