"$TOKENROOF" chips l40s --csv
