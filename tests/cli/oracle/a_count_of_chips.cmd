"$TOKENROOF" oracle input=1,output=4 --system h100-sxm --count 8
