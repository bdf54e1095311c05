"$TOKENROOF" step deepsek-v3 gb200-nvl72
