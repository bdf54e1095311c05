printf "1.2ms\n?\n10k\n" | "$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --topic floor --json
