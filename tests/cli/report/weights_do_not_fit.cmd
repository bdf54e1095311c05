"$TOKENROOF" report deepseek-v3 h100-sxm
