"$TOKENROOF" step llama-3.1-405b tpu-v5p-pod | grep -E "layout|floor|balance" && "$TOKENROOF" step llama-3.1-405b tpu-v5p-pod --physics bound | grep -E "layout|floor|balance"
