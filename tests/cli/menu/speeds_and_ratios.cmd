"$TOKENROOF" menu deepseek-v3 gb200-nvl72 --context 1k --speed 50,500,100k --price-ratio 6 --speed-ratio 2.5
