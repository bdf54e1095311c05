"$TOKENROOF" tiers llama-3-8b h20 --plot -
