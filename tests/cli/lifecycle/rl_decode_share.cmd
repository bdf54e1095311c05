"$TOKENROOF" lifecycle deepseek-v3 8xh200-sxm --rl-decode-share 80% --batch 512 | sed -n "/^Reinf/,/^If/p"
