"$TOKENROOF" step llama-3.1-70b 8xh100-sxm --batch 64 --json | python3 -c "import json,sys; print(json.load(sys.stdin)[\"expected\"])"
