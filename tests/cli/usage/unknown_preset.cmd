"$TOKENROOF" step --preset relearning
