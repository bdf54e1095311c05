"$TOKENROOF" menu llama-3.1-405b tpu-v5p-pod | head -32
