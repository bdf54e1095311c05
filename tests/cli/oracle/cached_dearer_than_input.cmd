"$TOKENROOF" oracle input=1,output=4,cached=2
