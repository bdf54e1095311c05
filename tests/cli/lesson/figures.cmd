printf "f\n1ms\n?\nf\n-\n" | NO_COLOR=1 "$TOKENROOF" lesson --topic floor
