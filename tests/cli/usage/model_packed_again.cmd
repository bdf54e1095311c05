"$TOKENROOF" models RedHatAI/Meta-Llama-3.1-70B-Instruct-FP8-dynamic,layers=40
