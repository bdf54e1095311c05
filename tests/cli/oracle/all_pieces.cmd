"$TOKENROOF" oracle input=5,output=25,cached=0.5,write_5m=6.25,write_1h=10,threshold=200k,long_input=2,long_output=1.5,fast_price=6,fast_speed=2.5 --samples 20k
