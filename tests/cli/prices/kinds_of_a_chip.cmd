"$TOKENROOF" chips h100
