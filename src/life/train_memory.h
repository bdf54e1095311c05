/* life/train_memory.h -- the ways to keep a forward pass, and the KV cache as their mirror image. */
#ifndef TOKENROOF_SRC_LIFE_TRAIN_MEMORY_H
#define TOKENROOF_SRC_LIFE_TRAIN_MEMORY_H

#include <tokenroof/life.h>

const char *tr_keep_name(tr_keep keep); /* "ordinary", "checkpointed", "reversible"; "unknown" */

/* FLOPs of a training step over those of the ordinary one: a forward pass is 1, a backward 2, and the two
 * ways that recompute pay one forward more.  [K48] NaN for no way. */
double tr_keep_compute_ratio(tr_keep keep);

/* The mirror image: a KV cache keeps to save compute. Of one decoded token at a context.  [K47] */
typedef struct tr_kv_mirror {
    double cached_byte_per_token;    /* kept for each token of context */
    double again_byte_per_token;     /* held while all of it is computed again: the stream and one layer's rows */
    double again_flop, once_flop;    /* of computing the context again, and of the one token */
    double stored_byte, widest_byte; /* of the whole context: cached, and the rows of the widest layer */
    double compute_ratio;            /* again_flop over once_flop */
} tr_kv_mirror;
/* kv_elem_byte as in tr_model_kv_store_byte; context_token 1 to 1e9. Errors: TR_EMISSING, TR_EDOMAIN. */
tr_status tr_kv_mirror_of(const tr_model *model, double context_token, double kv_elem_byte,
                          tr_kv_mirror *out, tr_error *err);

#endif
