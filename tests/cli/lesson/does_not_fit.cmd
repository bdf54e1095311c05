"$TOKENROOF" lesson llama-3.1-405b h100-sxm --topic floor </dev/null && "$TOKENROOF" lesson llama-3.1-8b h100-sxm --batch 256 --topic floor </dev/null
