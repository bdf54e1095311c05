for option in --users --max-num-seqs --max-model-len --num-gpus --cost --mem-fraction-static; do "$TOKENROOF" step llama-3.1-70b 8xh100-sxm $option 8; done
