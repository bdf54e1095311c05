"$TOKENROOF" lecture --csv | grep -c '^L[0-9][0-9][0-9]'
