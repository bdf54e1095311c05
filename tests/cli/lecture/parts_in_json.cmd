"$TOKENROOF" lecture L067 --json | grep -E '"(id|verdict|agreement|command|equation)"'
