"$TOKENROOF" lecture --topic tiers --csv | cut -d, -f1-3
