"$TOKENROOF" lecture a b c d e f g
