{ "$TOKENROOF" step --preset relearning-02 --batch 1..1000 --json; echo $? > rc; } | head -1; exit $(cat rc)
