"$TOKENROOF" prices gpt-oss-120b
