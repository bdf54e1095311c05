"$TOKENROOF" step total=1e9,active=2e9 h100-sxm
