"$TOKENROOF" report deepseek-v3 gb200-nvl72 --plot report.jpg
