"$TOKENROOF" step deepseek-v3,layers=30 8xh100-sxm,bw=2x,mem=64GB --batch 8 --json | grep -o '"model[^,]*,[^,]*"\|"system": "[^}]*"' | head -4
