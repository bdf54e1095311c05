printf "1ms\n12\n13\n" | "$TOKENROOF" lesson --topic floor
