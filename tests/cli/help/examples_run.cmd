tokenroof() { "$TOKENROOF" "$@"; }
"$TOKENROOF" help --man | grep '^tokenroof [a-z]' | grep -v 'path/to\|^tokenroof web' > lines
while read -r line; do eval "$line" > answer < /dev/null || echo "failed: $line"; [ -s answer ] || [ "$line" != "${line#*--plot}" ] || echo "says nothing: $line"; done < lines
[ "$(wc -l < lines)" -gt 12 ] && echo done
