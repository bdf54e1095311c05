"$TOKENROOF" lecture L132
