"$TOKENROOF" oracle gpt-oss-120b
