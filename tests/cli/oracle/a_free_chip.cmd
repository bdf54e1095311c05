"$TOKENROOF" oracle input=1,output=4 --price 0
