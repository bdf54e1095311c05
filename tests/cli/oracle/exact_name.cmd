"$TOKENROOF" oracle moonshotai/kimi-k2 --samples 5k | head -1
