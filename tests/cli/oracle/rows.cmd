"$TOKENROOF" oracle fireworks/gpt-oss-120b --samples 20k --seed 3 --csv
