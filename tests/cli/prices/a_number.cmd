"$TOKENROOF" step llama-3.1-8b l40s --price "\$2.50/h" | grep -e "per million" -e priced
