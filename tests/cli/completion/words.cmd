cat > ask.bash <<'END'
tokenroof() { "$TOKENROOF" "$@"; }
source <("$TOKENROOF" completion bash)
ask() { COMP_WORDS=(tokenroof "$@"); COMP_CWORD=$#; _tokenroof; echo "$*: ${COMPREPLY[*]}"; }
ask st
ask step deepseek-v3.
ask step deepseek-v3 gb200-nv
ask step --batch 8 deepseek-v3 gb200-nv
ask step --json deepseek-v3 gb200-nv
ask step deepseek-v3 --phase ''
ask step deepseek-v3 --kv f
ask models --k
ask step a b --c
ask explain R1
ask help rep
ask completion ''
END
bash ask.bash
