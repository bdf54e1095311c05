"$TOKENROOF" oracle claude-opus-4-6@2026-02-01 --fast-speed 2.5 --samples 20k --json --explain | grep -v commit
