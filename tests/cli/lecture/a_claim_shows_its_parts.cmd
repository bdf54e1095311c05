"$TOKENROOF" lecture L067
