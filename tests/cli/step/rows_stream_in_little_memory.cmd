{ grep -q __asan_init "$TOKENROOF" || ulimit -v 120000; "$TOKENROOF" step llama-3.1-8b h100-sxm --batch 1..300 --context 1..1000 --csv; } | wc -l
