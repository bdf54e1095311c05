echo "{\"json\": true}" > s.json
"$TOKENROOF" step --scenario s.json
