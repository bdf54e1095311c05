"$TOKENROOF" prices claude-sonnet-5@2026-08-01 claude-sonnet-5@2026-09-01
