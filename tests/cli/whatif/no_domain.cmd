"$TOKENROOF" whatif llama-3.1-8b h100-sxm --question double-domain
