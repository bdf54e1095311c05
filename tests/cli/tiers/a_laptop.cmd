"$TOKENROOF" tiers llama-3.1-8b m3-max-40 --price 0.30 --hold 1min,1h --new 512
