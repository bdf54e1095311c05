"$TOKENROOF" help step; "$TOKENROOF" step --help > a; "$TOKENROOF" help step > b; cmp a b
