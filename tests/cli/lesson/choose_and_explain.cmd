printf "300\nc\nmemory bandwidth: weights are read again and compute idles\n" | "$TOKENROOF" lesson llama-3.1-70b 8xh100-sxm --batch 8 --path ten-minutes --chapter 10 2>&1
