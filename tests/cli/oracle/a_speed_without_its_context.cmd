"$TOKENROOF" oracle input=1,output=4 --measured-speed 80
