"$TOKENROOF" prices claude-opus-4-6
