"$TOKENROOF" step --preset relearning-02
