"$TOKENROOF" step deepseek-v3 8xh200-sxm --batch 64 --by operator --draft 3 --chunk 2k
