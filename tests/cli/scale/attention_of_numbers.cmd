"$TOKENROOF" scale total=8e9,active=8e9,kv=131072,weight=2 h100-sxm --part attention
