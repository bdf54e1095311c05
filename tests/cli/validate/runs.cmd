"$TOKENROOF" validate "$HERE/runs.csv" --worst 3
