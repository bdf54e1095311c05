"$TOKENROOF" explain r1
