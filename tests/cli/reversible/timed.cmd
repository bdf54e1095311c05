"$TOKENROOF" reversible --layers 8 --dim 16 --rows 4
