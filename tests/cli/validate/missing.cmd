"$TOKENROOF" validate /nowhere/at-all.csv
