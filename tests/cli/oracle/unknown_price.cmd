"$TOKENROOF" oracle deepseek-chatt
