"$TOKENROOF" lesson deepseek-v3
