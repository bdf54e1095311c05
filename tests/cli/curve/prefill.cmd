"$TOKENROOF" curve --preset relearning-02 --phase prefill
