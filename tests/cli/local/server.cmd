"$TOKENROOF" local gpt-oss-120b epyc-9654,mem=256GB
