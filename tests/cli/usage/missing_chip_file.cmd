"$TOKENROOF" step deepseek-v3 ./nowhere.json
