for verb in models chips lecture explain; do "$TOKENROOF" $verb | python3 -c "import sys; print('$verb', [line for line in sys.stdin if len(line.rstrip('\n')) > 100][:1])"; done
