"$TOKENROOF" local
