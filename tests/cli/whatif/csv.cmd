"$TOKENROOF" whatif llama-3.1-8b h100-sxm --csv | cut -d, -f1-2,4-11 | head -5
