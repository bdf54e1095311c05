echo '<!doctype html>' > a.gguf; "$TOKENROOF" models a.gguf
