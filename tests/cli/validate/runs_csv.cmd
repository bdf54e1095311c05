"$TOKENROOF" validate "$HERE/runs.csv" --csv
