"$TOKENROOF" curve llama-3.1-70b 8xh100-sxm --plot rate.svg --csv | wc -l && grep -c "KV cache: at most" rate-rate.svg && grep -c "MFU at the bound" rate-use.svg
