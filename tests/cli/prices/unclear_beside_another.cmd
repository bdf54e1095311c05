"$TOKENROOF" prices gpt-oss-120b claude-opus-4-6
