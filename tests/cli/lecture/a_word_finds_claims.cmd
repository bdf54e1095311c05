"$TOKENROOF" lecture flash
