"$TOKENROOF" explain R99
