"$TOKENROOF" validate
