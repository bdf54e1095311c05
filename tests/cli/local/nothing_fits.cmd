"$TOKENROOF" local deepseek-r1 rtx-3090
