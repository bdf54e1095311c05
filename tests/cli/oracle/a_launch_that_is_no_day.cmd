"$TOKENROOF" oracle input=1,output=4 --launch soon
