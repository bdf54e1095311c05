"$TOKENROOF" lesson --answers nowhere.txt
