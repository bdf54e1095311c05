"$TOKENROOF" prices deepseek
