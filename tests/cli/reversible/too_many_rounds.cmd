"$TOKENROOF" reversible --rounds 65
