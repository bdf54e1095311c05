"$TOKENROOF" oracle deepseek/deepseek-chat --backtest
