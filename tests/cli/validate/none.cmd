"$TOKENROOF" validate "$HERE/none.csv"
