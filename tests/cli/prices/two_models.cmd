"$TOKENROOF" prices gemini-3.1-pro-preview gpt-5.4 --csv
