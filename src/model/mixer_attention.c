/* model/mixer_attention.c -- attention by heads: MHA, GQA and MQA, whole, windowed, chunked or shared. */
#include <math.h>
#include <stdio.h>

#include "model/build.h"

void tr_layer_attention(tr_layer *layer, double hidden, const tr_attention *a)
{
    const double q_dim = a->heads * a->head_dim, k_dim = a->kv_heads * a->head_dim;
    const double v_dim = a->kv_heads * a->value_dim, out_dim = a->heads * a->value_dim;
    const double kv_dim = a->k_is_v ? k_dim : k_dim + v_dim;
    const double projected = a->shared && !a->shared_param ? 0 : kv_dim;
    layer->mixer = TR_MIXER_ATTENTION;
    (void)snprintf(layer->attention, sizeof layer->attention, "%s",
                   a->window > 0 ? (a->chunk ? "chunk" : "window") : "full");
    layer->heads = a->heads;
    layer->kv_heads = a->kv_heads;
    layer->head_dim = a->head_dim;
    layer->value_dim = a->value_dim;
    layer->in_dim = q_dim + a->gate_dim + (a->shared ? 0 : kv_dim);
    layer->out_dim = out_dim;
    layer->mixer_param += hidden * (q_dim + a->gate_dim + projected) + out_dim * hidden + a->extra_param;
    if (a->qkv_bias)
        layer->mixer_param += q_dim + a->gate_dim + projected;
    if (a->o_bias)
        layer->mixer_param += hidden;
    const tr_cache cache = {
        .kind = TR_CACHE_KV,
        .shared = a->shared,
        .elem = k_dim + v_dim,
        .token_per_row = 1,
        .row_cap = a->window,
        .wraps = a->chunk && a->window > 0,
        /* [M8] a score and a weighted sum: 2 FLOP per multiply-add, all query heads */
        .flop_per_row = 2 * a->heads * (a->head_dim + a->value_dim),
    };
    tr_layer_cache(layer, &cache);
}

static double kv_heads(const tr_layer *layer, const tr_cache *cache)
{
    return cache->kind == TR_CACHE_INDEX ? 1 : layer->kv_heads > 0 ? layer->kv_heads : HUGE_VAL;
}

/* What is projected from the hidden state beside queries: a key and a value, or one for both, or neither; the
 * rest, an output gate, stands in one matrix with the queries. */
static void matrices(const tr_model *model, const tr_layer *l, tr_matrix_visit visit, void *context)
{
    const double q_dim = l->heads * l->head_dim, k_dim = l->kv_heads * l->head_dim;
    const double v_dim = l->kv_heads * l->value_dim, beside = l->in_dim - (l->q_rank > 0 ? l->q_rank : q_dim);
    const double key = beside >= k_dim ? k_dim : 0, value = beside >= k_dim + v_dim ? v_dim : 0;
    const double gate = beside - key - value;
    if (l->q_rank > 0) {
        tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, l->q_rank + gate, visit, context);
        tr_matrix_give(TR_MATRIX_QUERY, l->q_rank, q_dim, visit, context);
    } else {
        tr_matrix_give(TR_MATRIX_QUERY, model->hidden, q_dim + gate, visit, context);
    }
    tr_matrix_give(TR_MATRIX_KEY, model->hidden, key, visit, context);
    tr_matrix_give(TR_MATRIX_VALUE, model->hidden, value, visit, context);
    if (l->out_rank > 0) {
        tr_matrix_give(TR_MATRIX_PLAIN, l->out_dim / l->out_groups_count, l->out_rank, visit, context);
        tr_matrix_give(TR_MATRIX_OUT, l->out_rank, model->hidden, visit, context);
    } else {
        tr_matrix_give(TR_MATRIX_OUT, l->out_dim, model->hidden, visit, context);
    }
    if (l->index_heads > 0)
        tr_matrix_give(TR_MATRIX_PLAIN, l->q_rank > 0 ? l->q_rank : model->hidden,
                       l->index_heads * l->index_dim, visit, context);
}

const tr_mixer_row tr_mixer_attention = {
    .name = "attention", .has_heads = 1, .cache_head_count = kv_heads, .matrices = matrices};
