/* step/op_attention.c -- operators on what is cached: scores and values, indexers, states. */
#include <string.h>

#include "base/text.h"
#include "model/context.h"
#include "step/op_work.h"

static double smaller(double a, double b) { return a < b ? a : b; }

double tr_op_kv_split(const tr_layer *layer, const tr_cache *cache, double tp)
{
    /* [L8] Heads are split, a latent row and an indexer's key are copied. */
    if (cache->kind == TR_CACHE_INDEX || layer->mixer == TR_MIXER_MLA)
        return 1.0;
    const double heads = layer->kv_heads > 0.0 ? layer->kv_heads : tp;
    return smaller(heads, tp);
}

static void emit(const op_work *w, int index, const char *name, tr_op *op)
{
    op->layer = index;
    op->weight_dtype = op->math_dtype = w->attention.math_dtype;
    op->flop_per_s = w->attention.flop_per_s;
    op->weight_copy_count = 1.0;
    (void)tr_text_copy(op->name, sizeof op->name, name);
    tr_op_emit(w, op);
}

/* Elements a sequence moves of one cache: decode reads rows, of a sparse cache each query its own, and never more
 * than there are. */
static double decode_rows(const op_work *w, const tr_cache *cache)
{
    const double context = w->pass.decode_context_token, read = tr_cache_read_row(cache, context);
    const double stored = tr_cache_stored_row(cache, context);
    return read < stored ? smaller(read * w->pass.token_per_seq, stored) : read;
}

/* A chunk reads what its queries look at, once, and writes its own rows. */
static double prefill_rows(const op_work *w, const tr_cache *cache)
{
    const double context = w->pass.prefill_context_token, query = w->pass.prefill_query_token;
    const double read = tr_cache_read_row(cache, context), own = cache->shared ? 0.0 : 1.0;
    const double rows = w->prefill_read == 0   ? read
                        : w->prefill_read == 1 ? read * query
                                               : own * tr_cache_stored_row(cache, context);
    return rows + own * tr_cache_stored_row(cache, query);
}

/* [R20] One operator for the caches of a kind. */
static void caches(const op_work *w, int index, tr_cache_kind kind, int prefill)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, seq = prefill ? w->prefill_seq : w->decode_seq;
    const double context = prefill ? w->pass.prefill_context_token : w->pass.decode_context_token;
    const double query = prefill ? w->pass.prefill_query_token : w->pass.token_per_seq;
    double flop = 0.0, byte = 0.0, split = 1.0;
    int found = 0;
    for (int k = 0; k < l->cache_count; k++) {
        const tr_cache *cache = &l->cache[k];
        if (cache->kind != kind)
            continue;
        found = 1;
        flop += prefill ? tr_cache_prefill_flop(l, cache, context, query)
                        : query * (tr_cache_read_row(cache, context) * cache->flop_per_row);
        byte += (prefill ? prefill_rows(w, cache) : decode_rows(w, cache)) * cache->elem * w->roof.kv_elem_byte;
        split = tr_op_kv_split(l, cache, tp);
    }
    if (!found || !(seq > 0.0))
        return;
    const int indexes = kind == TR_CACHE_INDEX, latent = l->mixer == TR_MIXER_MLA;
    tr_op op = {.op_class = indexes  ? TR_OP_INDEX
                            : latent ? (prefill ? TR_OP_PREFILL_MLA : TR_OP_DECODE_MLA)
                                     : (prefill ? TR_OP_PREFILL_ATTENTION : TR_OP_DECODE_ATTENTION),
                .count = l->layer_count,
                .batch_seq = seq,
                .query_token = query,
                .context_token = context,
                .heads = indexes ? l->index_heads : l->heads / tp,
                .kv_heads = indexes || latent ? 1.0 : l->kv_heads / split,
                .head_dim = indexes ? l->index_dim : l->head_dim,
                .flop = seq * flop / (indexes ? 1.0 : tp),
                .kv_byte = seq * byte / split,
                .flop_copy_count = indexes ? tp : 1.0,
                .kv_copy_count = tp / split};
    op.activation_byte = seq * query * op.heads * (l->head_dim + l->value_dim) * OP_ACTIVATION_BYTE;
    emit(w, index, indexes ? "index" : "attention", &op);
}

static void state(const op_work *w, int index, int prefill)
{
    const tr_layer *l = &w->model->layer[index];
    const double tp = w->layout.tp_rank, seq = prefill ? w->prefill_seq : w->decode_seq;
    const double query = prefill ? w->pass.prefill_query_token : w->pass.token_per_seq;
    if (!(l->state_flop > 0.0 || l->state_byte > 0.0) || !(seq > 0.0))
        return;
    tr_op op = {.op_class = TR_OP_STATE,
                .count = l->layer_count,
                .batch_seq = seq,
                .query_token = query,
                .heads = l->heads / tp,
                .head_dim = l->head_dim,
                .flop = seq * query * l->state_flop / tp,
                .kv_byte = seq * l->state_byte / tp,
                .flop_copy_count = 1.0,
                .kv_copy_count = 1.0};
    emit(w, index, "state", &op);
}

/* A chalkboard model's cache is bytes per token. */
static void chalk(const op_work *w, int prefill)
{
    const double tp = w->layout.tp_rank, seq = prefill ? w->prefill_seq : w->decode_seq;
    const double context = prefill ? w->pass.prefill_context_token : w->pass.decode_context_token;
    const double query = prefill ? w->pass.prefill_query_token : 0.0;
    if (!(seq > 0.0))
        return;
    tr_op op = {.op_class = prefill ? TR_OP_PREFILL_ATTENTION : TR_OP_DECODE_ATTENTION,
                .count = 1.0,
                .batch_seq = seq,
                .query_token = prefill ? query : w->pass.token_per_seq,
                .context_token = context,
                .kv_byte = seq * (w->model->kv_byte_per_token * (context + query) + w->model->state_byte_per_seq) / tp,
                .flop_copy_count = 1.0,
                .kv_copy_count = 1.0};
    emit(w, -1, "attention", &op);
}

void tr_op_attention(op_work *w, int index)
{
    for (int prefill = 0; prefill < 2; prefill++) {
        if (index < 0) {
            chalk(w, prefill);
            continue;
        }
        caches(w, index, TR_CACHE_INDEX, prefill);
        caches(w, index, TR_CACHE_KV, prefill);
        state(w, index, prefill);
    }
}
