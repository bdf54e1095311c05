"$TOKENROOF" compare deepseek-v3 qwen3-235b-a22b 8xh200-sxm --json | grep -o "\"case\": \"[AB]\", \"model\": \"[^\"]*\", \"system\": \"[^\"]*\""
