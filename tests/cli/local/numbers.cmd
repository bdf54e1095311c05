"$TOKENROOF" local total=8e9 rtx-4090
