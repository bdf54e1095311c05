"$TOKENROOF" oracle input=1,output=4 --model deepseek-v3 --total 671b
