"$TOKENROOF" step ./nowhere.json gb200-nvl72
