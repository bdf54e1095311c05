/* io/gguf_own.h -- what only one architecture's metadata says: hybrids, latent heads, indexers, uneven layers. */
#ifndef TOKENROOF_SRC_IO_GGUF_OWN_H
#define TOKENROOF_SRC_IO_GGUF_OWN_H

#include "io/gguf_convert.h"

/* The rows of the architectures' table: each sets the keys of its family that no other one has. */
void tr_own_delta_net(tr_convert *convert);   /* Qwen3-Next, Qwen3.5 */
void tr_own_nemotron_h(tr_convert *convert);
void tr_own_jamba(tr_convert *convert);
void tr_own_granite_hybrid(tr_convert *convert);
void tr_own_falcon_h1(tr_convert *convert);
void tr_own_lfm2(tr_convert *convert);
void tr_own_mamba(tr_convert *convert);
void tr_own_mamba2(tr_convert *convert);
void tr_own_kimi_linear(tr_convert *convert);
void tr_own_gemma3n(tr_convert *convert);
void tr_own_gemma4(tr_convert *convert);
void tr_own_deci(tr_convert *convert);        /* Llama-Nemotron, found by search */
void tr_own_indexer(tr_convert *convert);     /* DeepSeek-V3.2, GLM-5 */
void tr_own_deepseek4(tr_convert *convert);
void tr_own_minimax_m3(tr_convert *convert);
void tr_own_mimo2(tr_convert *convert);
void tr_own_falcon(tr_convert *convert);
void tr_own_chatglm(tr_convert *convert);

#endif
