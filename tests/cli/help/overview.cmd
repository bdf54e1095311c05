"$TOKENROOF"; "$TOKENROOF" --help | cmp - /dev/fd/3 3<<EOF || echo differs
$("$TOKENROOF" help)
EOF
