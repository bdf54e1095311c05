"$TOKENROOF" step llama-3.1-8b l40s --price 3yr
