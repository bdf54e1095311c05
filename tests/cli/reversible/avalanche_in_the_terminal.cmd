"$TOKENROOF" reversible --plot - --measure no --key 5
