"$TOKENROOF" help stepp
