"$TOKENROOF" memory gpt-oss-120b rtx-4090+epyc-9654,mem=256GB --engine llamacpp
