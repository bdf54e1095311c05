"$TOKENROOF" models --batch 3
