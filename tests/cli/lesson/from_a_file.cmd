"$TOKENROOF" lesson --answers "$HERE/guesses.txt"
