"$TOKENROOF" validate "$HERE/runs.csv" --protocol burst
