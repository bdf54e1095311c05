"$TOKENROOF" lesson --topic cooking
