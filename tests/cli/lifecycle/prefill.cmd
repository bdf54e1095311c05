"$TOKENROOF" lifecycle llama-3.1-8b h100-sxm --phase prefill
