"$TOKENROOF" measure --seconds 90
