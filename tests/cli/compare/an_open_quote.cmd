"$TOKENROOF" compare "llama-3.1-70b 8xh100-sxm --slo 'ttft<1s" 'llama-3.1-70b 8xh200-sxm'
