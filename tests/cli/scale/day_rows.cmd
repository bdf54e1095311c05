"$TOKENROOF" scale llama-3.1-8b h100-sxm --context 8k --part day --day 3 --csv
