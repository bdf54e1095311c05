"$TOKENROOF" step deepseek-v3 gb200-nvl72 --batch 64 --plot s.svg --csv > rows.csv && head -c 60 s.svg && echo && wc -l < rows.csv
