"$TOKENROOF" scale llama-3.1-8b h100-sxm --context 8k --part day --day coding --batch-work 20% --batch-price 0.4 --osl 200 --burst 4 --json | tail -n +3
