"$TOKENROOF" oracle
