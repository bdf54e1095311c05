"$TOKENROOF" lecture spinning disk zebra
