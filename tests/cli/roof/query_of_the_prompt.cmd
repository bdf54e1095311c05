"$TOKENROOF" roof llama-3.1-70b 8xh100-sxm --query 2k --csv | grep -E "kind|prefill|ceiling" | cut -d, -f1,2,9-
