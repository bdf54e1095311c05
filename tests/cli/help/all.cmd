"$TOKENROOF" help all
