"$TOKENROOF" reversible llama-3.1-8b 8xh100-sxm --measure no --plot m.svg >/dev/null && ls
