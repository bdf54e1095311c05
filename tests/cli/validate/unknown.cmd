"$TOKENROOF" validate "$HERE/unknown.cmd"
