"$TOKENROOF" lecture rl
