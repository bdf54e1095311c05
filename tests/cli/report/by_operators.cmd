"$TOKENROOF" report llama-3.1-70b 8xh100-sxm --physics ops --json | python3 -c "import json,sys; print(json.load(sys.stdin)[\"steps\"])"
