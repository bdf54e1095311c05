"$TOKENROOF" lecture L038 --json | sed 's/"commit": "[^"]*"/"commit": "x"/; s/"data": "[^"]*"/"data": "x"/'
