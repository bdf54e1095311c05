"$TOKENROOF" validate "$HERE/runs.csv" --protocol steady --metric ttft --csv
