"$TOKENROOF" oracle --backtest --samples 20k --csv | head -4
