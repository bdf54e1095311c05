"$TOKENROOF" tiers llama-3.1-70b gb200-nvl72 --hold 10,5min,1h --hits 3 --qlc-price 200 --csv
