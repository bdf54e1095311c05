"$TOKENROOF" lesson --cards --topic balance && "$TOKENROOF" lesson --cards --csv | wc -l
