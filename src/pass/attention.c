/* pass/attention.c -- operators on what is cached: scores and values, indexers, recurrent states. */
#include "model/context.h"
#include "base/extreme.h"
#include "pass/work.h"
#include "shard/split.h"

/* Rows a decoding sequence moves of one cache: those its query reads (of a sparse cache each of several queries its
 * own, and never more than there are), and those of its new tokens, written. */
static double decode_rows(const pass_work *w, const tr_cache *cache)
{
    const double context = w->pass.decode_context_token, read = tr_cache_read_row(cache, context);
    const double stored = tr_cache_stored_row(cache, context);
    return read < stored ? smaller(read * w->pass.token_per_seq, stored) : read;
}

/* A chunk reads what its queries look at, once, and writes its own rows. Many sparse queries together cannot read
 * more than all rows. */
static double prefill_rows(const pass_work *w, const tr_cache *cache)
{
    const double context = w->pass.prefill_context_token, query = w->pass.prefill_query_token;
    const double one = tr_cache_read_row(cache, context), stored = tr_cache_stored_row(cache, context);
    const double read = one < stored ? smaller(one * query, stored) : one;
    return read + (cache->shared ? 0.0 : tr_cache_stored_row(cache, query));
}

static tr_op attention_op(const pass_work *w, int layer, int prefill)
{
    return (tr_op){.layer = layer,
                   .grows = prefill ? TR_GROWS_PREFILL_SEQ : TR_GROWS_DECODE_SEQ,
                   .weight_dtype = w->attention.math_dtype,
                   .math_dtype = w->attention.math_dtype,
                   .count = layer >= 0 ? tr_pass_layer_at(w, layer)->layer_count : 1.0,
                   .batch_seq = prefill ? w->prefill_seq : w->decode_seq,
                   .query_token = prefill ? w->pass.prefill_query_token : w->pass.token_per_seq,
                   .context_token = prefill ? w->pass.prefill_context_token : w->pass.decode_context_token,
                   .flop_copy_count = 1.0,
                   .weight_copy_count = 1.0,
                   .kv_copy_count = 1.0,
                   .flop_per_s = w->attention.flop_per_s};
}

/* An indexer may score in a format of its own, as fast as the chip does
 * that, and no faster than the fastest weights multiply. */
static void own_math(const pass_work *w, const tr_cache *cache, tr_op *op)
{
    tr_dtype used;
    double rate;
    if (cache->math == TR_DTYPE_NATIVE ||
        tr_chip_math(w->chip, cache->math, &rate, &used, NULL) != TR_OK)
        return;
    op->math_dtype = op->weight_dtype = used;
    op->flop_per_s = smaller(rate * w->chip_count, w->peak_flop_per_s);
}

/* [R20] One operator for the caches of a kind. */
static void caches(const pass_work *w, int layer, tr_cache_kind kind, int prefill)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank;
    const int indexes = kind == TR_CACHE_INDEX, latent = l->mixer == TR_MIXER_MLA;
    tr_op op = attention_op(w, layer, prefill);
    double flop = 0.0, byte = 0.0, split = 1.0;
    int found = 0;
    for (int k = 0; k < l->cache_count; k++) {
        const tr_cache *cache = &l->cache[k];
        if (cache->kind != kind)
            continue;
        found = 1;
        flop += prefill ? tr_cache_prefill_flop(l, cache, op.context_token, op.query_token)
                        : op.query_token * (tr_cache_read_row(cache, op.context_token) * cache->flop_per_row);
        byte += (prefill ? prefill_rows(w, cache) : decode_rows(w, cache)) *
                tr_cache_row_byte(cache, w->shard->kv_dtype);
        split = tr_split_cache(l, cache, tp);
        own_math(w, cache, &op);
    }
    if (!found || !(op.batch_seq > 0.0))
        return;
    op.op_class = indexes  ? TR_OP_INDEX
                  : latent ? (prefill ? TR_OP_PREFILL_MLA : TR_OP_DECODE_MLA)
                           : (prefill ? TR_OP_PREFILL_ATTENTION : TR_OP_DECODE_ATTENTION);
    op.heads = indexes ? l->index_heads : l->heads / tp;
    op.kv_heads = indexes || latent ? 1.0 : l->kv_heads / split;
    op.head_dim = indexes ? l->index_dim : l->head_dim;
    op.flop = op.batch_seq * flop / (indexes ? 1.0 : tp);
    op.kv_byte = op.batch_seq * byte / split;
    op.flop_copy_count = indexes ? tp : 1.0;
    op.kv_copy_count = tp / split;
    op.activation_byte = op.batch_seq * op.query_token * op.heads * (l->head_dim + l->value_dim) * PASS_ACTIVATION_BYTE;
    tr_pass_emit(w, &op, indexes ? "index" : "attention");
}

/* A state is read and written back in every pass, whatever the context. */
static void state(const pass_work *w, int layer, int prefill)
{
    const tr_layer *l = tr_pass_layer_at(w, layer);
    const double tp = w->layout.tp_rank;
    tr_op op = attention_op(w, layer, prefill);
    if (!(l->state_flop > 0.0 || l->state_byte > 0.0) || !(op.batch_seq > 0.0))
        return;
    op.op_class = TR_OP_STATE;
    op.heads = l->heads / tp;
    op.head_dim = l->head_dim;
    op.flop = op.batch_seq * op.query_token * l->state_flop / tp;
    op.kv_byte = op.batch_seq * 2.0 * l->state_byte / tp;
    tr_pass_emit(w, &op, "state");
}

/* A model of numbers alone: its cache is bytes per token. */
static void numbers(const pass_work *w, int prefill)
{
    const tr_model *m = w->model;
    tr_op op = attention_op(w, -1, prefill);
    if (!(op.batch_seq > 0.0))
        return;
    op.op_class = prefill ? TR_OP_PREFILL_ATTENTION : TR_OP_DECODE_ATTENTION;
    const double token = op.context_token + (prefill ? op.query_token : 0.0);
    op.kv_byte = op.batch_seq * (m->kv_byte_per_token * token + m->state_byte_per_seq) / w->layout.tp_rank;
    tr_pass_emit(w, &op, "attention");
}

void tr_pass_attention(const pass_work *w, int layer)
{
    for (int prefill = 0; prefill < 2; prefill++) {
        if (layer < 0) {
            numbers(w, prefill);
            continue;
        }
        caches(w, layer, TR_CACHE_INDEX, prefill);
        caches(w, layer, TR_CACHE_KV, prefill);
        state(w, layer, prefill);
    }
}
