"$TOKENROOF" scale gpt-oss-20b m4-max --part pipeline --stages 1,2
