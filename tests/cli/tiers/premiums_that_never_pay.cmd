"$TOKENROOF" tiers llama-3.1-8b h100-sxm --hold 1min --write-ratio 1,1.25,3 --read-ratio 1
