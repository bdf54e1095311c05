"$TOKENROOF" fit "$ROOT/tests/cli/validate/runs.csv" | head -12
