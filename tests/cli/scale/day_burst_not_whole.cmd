"$TOKENROOF" scale llama-3.1-8b h100-sxm --part day --burst 1.5
