printf "{\n  \"bath_seq\": 2\n}\n" > s.json
"$TOKENROOF" step --scenario s.json
