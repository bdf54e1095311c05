"$TOKENROOF" oracle input=1,output=4 --sibling openai/gpt-5
