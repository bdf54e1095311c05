"$TOKENROOF" models deepseek
