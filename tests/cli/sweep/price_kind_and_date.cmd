for verb in curve menu layout lifecycle tiers; do "$TOKENROOF" $verb llama-3.1-70b 8xh100-sxm --price owned,spot --csv | cut -d, -f1-6 | sort -u; done
