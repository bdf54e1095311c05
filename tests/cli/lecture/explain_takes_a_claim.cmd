"$TOKENROOF" explain l037
