"$TOKENROOF" reversible --measure no --layers 4 --rounds 3 --dim 4 --rows 2 --block 5 --json
