/* model/gguf_mix.h -- mixes of GGUF files: which type llama.cpp's quantiser gives to which tensor. */
#ifndef TOKENROOF_SRC_MODEL_GGUF_MIX_H
#define TOKENROOF_SRC_MODEL_GGUF_MIX_H

#include <tokenroof/model.h>

/* "q4_k_m", index 0 .. count - 1; NULL past the end. */
const char *tr_gguf_mix_name(size_t index);
/* Its number in a file's general.file_type; -1 past the end. */
int tr_gguf_mix_file_type(size_t index);
/* 1 if files of this mix are made with an importance matrix: the small ones need it. */
int tr_gguf_mix_importance(size_t index);
/* Of a model with layers, as a mix stores it: each part's bytes are those of its tensors over its parameters. Some
 * mixes choose otherwise where an importance matrix is given. index: one that has a name. */
void tr_gguf_mix_weights(const tr_model *model, size_t index, int importance, tr_weights *out);

#endif
