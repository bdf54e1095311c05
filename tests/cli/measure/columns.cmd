"$TOKENROOF" measure --cores 1 --seconds 1 --csv | head -1
