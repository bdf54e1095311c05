"$TOKENROOF" measure llama-3.1-8b --seconds 1
