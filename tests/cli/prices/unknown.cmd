"$TOKENROOF" prices sonet
