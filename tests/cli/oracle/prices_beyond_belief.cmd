"$TOKENROOF" oracle input=1000000,output=0.000001 --samples 1000
