"$TOKENROOF" local qwen3-8b ryzen-ai-max-395 --weights q8_0
