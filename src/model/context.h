/* model/context.h -- rows and FLOPs of one cache of a layer: what the sums over a model are made of. */
#ifndef TOKENROOF_SRC_MODEL_CONTEXT_H
#define TOKENROOF_SRC_MODEL_CONTEXT_H

#include <tokenroof/model.h>

/* Rows a cache holds after n tokens, and those one query reads of them. */
double tr_cache_stored_row(const tr_cache *cache, double n);
double tr_cache_read_row(const tr_cache *cache, double n);
/* FLOPs of query_token new tokens of one sequence against this cache, causal.  [M9] */
double tr_cache_prefill_flop(const tr_layer *layer, const tr_cache *cache, double context_token, double query_token);

#endif
