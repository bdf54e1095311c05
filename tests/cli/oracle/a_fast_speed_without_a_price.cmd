"$TOKENROOF" oracle deepseek/deepseek-chat --fast-speed 2
