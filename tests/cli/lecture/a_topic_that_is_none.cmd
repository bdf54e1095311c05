"$TOKENROOF" lecture --topic cooking
