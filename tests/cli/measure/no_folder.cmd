"$TOKENROOF" measure --cores 1 --seconds 1 --out no/such/folder/here.json
