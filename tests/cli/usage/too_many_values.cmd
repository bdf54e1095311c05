"$TOKENROOF" step --preset relearning-02 --batch 1..1e7
