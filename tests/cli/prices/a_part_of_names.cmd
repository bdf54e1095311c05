"$TOKENROOF" prices sonnet-4 --csv
