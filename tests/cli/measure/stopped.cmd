"$TOKENROOF" measure --cores 1 --seconds 60 --out here.json & pid=$!; sleep 1; kill -INT $pid; wait $pid; echo "exit $?"; ls
