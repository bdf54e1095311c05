printf "c\n" | "$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --batch 8 --context 4k --path five --chapter 10 --measured 108/s --json | tail -n +3
