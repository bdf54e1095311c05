"$TOKENROOF" lesson --chapter 11 </dev/null
