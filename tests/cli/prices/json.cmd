"$TOKENROOF" prices deepseek-chat fireworks/deepseek-v3-0324 --json | grep -v commit
