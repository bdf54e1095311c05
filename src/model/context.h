/* model/context.h -- rows, bytes and FLOPs of one cache of a layer: what the sums over a model are made of. */
#ifndef TOKENROOF_SRC_MODEL_CONTEXT_H
#define TOKENROOF_SRC_MODEL_CONTEXT_H

#include <tokenroof/model.h>

/* Rows a cache holds after n tokens, and those one query reads of them. */
double tr_cache_stored_row(const tr_cache *cache, double n);
double tr_cache_read_row(const tr_cache *cache, double n);
/* Mean of the rows read while the context grows from one length to another (from_token <= to_token): the area
 * below the rows, piece by piece, over the length. Rows at from_token where both are the same. */
double tr_cache_read_row_mean(const tr_cache *cache, double from_token, double to_token);
/* Bytes of one row in a KV format (not NATIVE); a cache with a format of its own keeps that. */
double tr_cache_row_byte(const tr_cache *cache, tr_dtype kv);
/* FLOPs of query_token new tokens of one sequence against this cache, causal.  [M9] */
double tr_cache_prefill_flop(const tr_layer *layer, const tr_cache *cache, double context_token, double query_token);

#endif
