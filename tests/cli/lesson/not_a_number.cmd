printf "1ms\n12 apples\n" | "$TOKENROOF" lesson --topic floor
