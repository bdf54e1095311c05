"$TOKENROOF" validate "$HERE/runs.csv" --protocol burst:2 --metric ttft --csv
