"$TOKENROOF" lecture --markdown | diff - "$ROOT/docs/lecture.md" && echo current
