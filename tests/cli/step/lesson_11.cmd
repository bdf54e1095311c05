"$TOKENROOF" step --preset lesson-11
