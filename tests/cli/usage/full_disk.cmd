"$TOKENROOF" step --preset relearning-02 > /dev/full
