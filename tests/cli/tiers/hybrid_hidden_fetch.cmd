"$TOKENROOF" tiers granite-4.0-h-small h100-sxm --context 64k --stall 0 --hold 5min,1h --hits 4
