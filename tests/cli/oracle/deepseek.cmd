"$TOKENROOF" oracle deepseek/deepseek-chat --samples 20k --explain
