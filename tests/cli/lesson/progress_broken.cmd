printf "deepseek-v3\tgb200-nvl72\t1024\t1\tfloor-time\tsoon\n" >p.txt; "$TOKENROOF" lesson --progress p.txt </dev/null
