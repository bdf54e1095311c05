"$TOKENROOF" prices deepseek-chat
