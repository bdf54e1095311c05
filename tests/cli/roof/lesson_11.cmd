"$TOKENROOF" roof --preset lesson-11
