"$TOKENROOF" step llama-3.1-8b l40s --utilisation 0.6 | grep -e "per million" -e priced; "$TOKENROOF" step llama-3.1-8b l40s --price 3 --utilization 60% | grep -e "per million" -e priced
