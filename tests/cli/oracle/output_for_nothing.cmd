"$TOKENROOF" oracle input=1,output=0
