/* model/mixer_latent.c -- latent attention (MLA): one compressed row a token for all heads, absorbed at decode. */
#include <stdio.h>

#include "model/build.h"

void tr_layer_mla(tr_layer *layer, double hidden, const tr_mla *m)
{
    const double q_dim = m->heads * (m->nope_dim + m->rope_dim), out_dim = m->heads * m->value_dim;
    const double latent = m->kv_rank + m->rope_dim;
    const int sparse = m->index_top_k > 0;
    layer->mixer = TR_MIXER_MLA;
    (void)snprintf(layer->attention, sizeof layer->attention, "mla%s",
                   sparse          ? "-sparse"
                   : m->window > 0 ? (m->chunk ? "-chunk" : "-window")
                                   : "");
    layer->heads = m->heads;
    layer->kv_heads = 1;
    layer->head_dim = m->nope_dim + m->rope_dim;
    layer->value_dim = m->value_dim;
    layer->q_rank = m->q_rank;
    layer->kv_rank = m->kv_rank;
    layer->rope_dim = m->rope_dim;
    layer->in_dim = (m->q_rank > 0 ? m->q_rank : q_dim) + latent + m->gate_dim;
    layer->out_dim = out_dim;
    /* q down, norm, up (or straight); kv down, norm, up to keys without rotation and values; output */
    layer->mixer_param += m->q_rank > 0 ? hidden * m->q_rank + m->q_rank + m->q_rank * q_dim : hidden * q_dim;
    layer->mixer_param += hidden * latent + m->kv_rank + m->kv_rank * m->heads * (m->nope_dim + m->value_dim);
    layer->mixer_param += out_dim * hidden + hidden * m->gate_dim;
    const tr_cache cache = {
        .kind = TR_CACHE_KV,
        .elem = latent,
        .token_per_row = 1,
        .row_cap = m->window,
        .wraps = m->chunk && m->window > 0,
        .read_cap = m->index_top_k,
        /* [M8] absorbed: scores over latent and rotary part, values over the latent */
        .flop_per_row = 2 * m->heads * (2 * m->kv_rank + m->rope_dim),
    };
    tr_layer_cache(layer, &cache);
    if (!sparse || !m->index_own)
        return;
    /* indexer: queries from the query latent, one key, its LayerNorm, a weight per head */
    layer->mixer_param += m->q_rank * m->index_heads * m->index_dim + hidden * m->index_dim +
                          2 * m->index_dim + hidden * m->index_heads;
    tr_layer_index(layer, m->index_heads, m->index_dim, 1);
}

/* A prompt opens the latents into heads: keys and values at full width. */
static double opened(const tr_layer *layer, const tr_cache *cache)
{
    return cache->kind == TR_CACHE_KV ? 2 * layer->heads * (layer->head_dim + layer->value_dim) : 0;
}

static void matrices(const tr_model *model, const tr_layer *l, tr_matrix_visit visit, void *context)
{
    const double q_dim = l->heads * l->head_dim, row = l->kv_rank + l->rope_dim;
    const double q_in = l->q_rank > 0 ? l->q_rank : q_dim;
    if (l->q_rank > 0) {
        tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, l->q_rank, visit, context);
        tr_matrix_give(TR_MATRIX_PLAIN, l->q_rank, q_dim, visit, context);
    } else {
        tr_matrix_give(TR_MATRIX_QUERY, model->hidden, q_dim, visit, context);
    }
    tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, row, visit, context);
    tr_matrix_give(TR_MATRIX_VALUE, l->kv_rank, l->heads * (l->head_dim - l->rope_dim + l->value_dim), visit,
                   context);
    tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, l->in_dim - q_in - row, visit, context); /* an output gate */
    tr_matrix_give(TR_MATRIX_OUT, l->out_dim, model->hidden, visit, context);
    if (l->index_heads > 0) {
        tr_matrix_give(TR_MATRIX_PLAIN, l->q_rank, l->index_heads * l->index_dim, visit, context);
        tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, l->index_dim, visit, context);
    }
}

const tr_mixer_row tr_mixer_latent = {
    .name = "latent", .has_heads = 1, .prompt_flop_per_row = opened, .matrices = matrices};
