{ "$TOKENROOF" models --json; echo $? > rc; } | true; exit $(cat rc)
