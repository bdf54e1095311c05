"$TOKENROOF" models --data nowhere
