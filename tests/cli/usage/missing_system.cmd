"$TOKENROOF" step deepseek-v3
