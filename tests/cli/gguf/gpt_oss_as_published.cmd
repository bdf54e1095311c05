"$TOKENROOF" memory hf.co/ggml-org/gpt-oss-20b-GGUF:MXFP4_MOE rtx-4090 --engine llamacpp --json | grep -o '"stored_weight_byte": [0-9]*'
