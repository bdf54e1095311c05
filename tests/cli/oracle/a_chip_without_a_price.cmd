"$TOKENROOF" oracle input=1,output=4 --system h800-sxm
