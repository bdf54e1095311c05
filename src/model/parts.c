/* model/parts.c -- the parts a layer is made of: parameters, cached rows and FLOPs of each. */
#include <stdio.h>
#include <string.h>

#include "model/build.h"

void tr_layer_start(tr_layer *layer)
{
    memset(layer, 0, sizeof *layer);
    (void)snprintf(layer->attention, sizeof layer->attention, "none");
}

static void add_cache(tr_layer *layer, const tr_cache *cache)
{
    if (layer->cache_count < TR_CACHE_MAX)
        layer->cache[layer->cache_count++] = *cache;
}

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
        /* [M8] a score and a weighted sum: 2 FLOP per multiply-add, all query heads */
        .flop_per_row = 2 * a->heads * (a->head_dim + a->value_dim),
    };
    add_cache(layer, &cache);
}

void tr_layer_mla(tr_layer *layer, double hidden, const tr_mla *m)
{
    const double q_dim = m->heads * (m->nope_dim + m->rope_dim), out_dim = m->heads * m->value_dim;
    const double latent = m->kv_rank + m->rope_dim;
    const int sparse = m->index_top_k > 0;
    layer->mixer = TR_MIXER_MLA;
    (void)snprintf(layer->attention, sizeof layer->attention, "%s", sparse ? "mla-sparse" : "mla");
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
        .read_cap = m->index_top_k,
        /* [M8] absorbed: scores over latent and rotary part, values over the latent */
        .flop_per_row = 2 * m->heads * (2 * m->kv_rank + m->rope_dim),
    };
    add_cache(layer, &cache);
    if (!sparse || !m->index_own)
        return;
    layer->index_heads = m->index_heads;
    layer->index_dim = m->index_dim;
    /* indexer: queries from the query latent, one key, its LayerNorm, a weight per head */
    layer->mixer_param += m->q_rank * m->index_heads * m->index_dim + hidden * m->index_dim +
                          2 * m->index_dim + hidden * m->index_heads;
    const tr_cache index = {
        .kind = TR_CACHE_INDEX,
        .elem = m->index_dim,
        .token_per_row = 1,
        .flop_per_row = 2 * m->index_heads * m->index_dim,
    };
    add_cache(layer, &index);
}

void tr_layer_dense(tr_layer *layer, double hidden, double dim, double matrices, int bias)
{
    layer->dense_dim = dim;
    layer->ffn_matrices = matrices;
    layer->dense_param += matrices * hidden * dim;
    if (bias)
        layer->dense_param += (matrices - 1) * dim + hidden;
}

void tr_layer_mixture(tr_layer *layer, double hidden, const tr_mixture *m)
{
    const double matrices = m->matrices > 0 ? m->matrices : 3;
    const double in_dim = m->in_dim > 0 ? m->in_dim : hidden;
    layer->ffn_matrices = matrices;
    layer->experts = m->experts;
    layer->experts_active = m->active;
    layer->expert_dim = m->dim;
    layer->expert_in_dim = in_dim;
    layer->routed_param += m->experts * (matrices * in_dim * m->dim + m->expert_extra);
    layer->shared_dim = m->shared_dim;
    layer->shared_param += matrices * hidden * m->shared_dim + m->shared_extra;
    layer->router_param += hidden * m->experts + m->router_extra;
}

void tr_layer_state(tr_layer *layer, tr_mixer mixer, const char *name, double state_byte, double state_flop)
{
    layer->mixer = mixer;
    (void)snprintf(layer->attention, sizeof layer->attention, "%s", name);
    layer->state_byte += state_byte;
    layer->state_flop += state_flop;
}

double tr_layer_param(const tr_layer *l)
{
    return l->mixer_param + l->norm_param + l->dense_param + l->routed_param + l->shared_param +
           l->router_param;
}

/* ---- groups ------------------------------------------------------------------ */

/* Equal but for the count. The ranges hold no padding, so bytes may be compared. */
static int same(const tr_layer *a, const tr_layer *b)
{
    const size_t heads = offsetof(tr_layer, heads), cache = offsetof(tr_layer, cache);
    const size_t state = offsetof(tr_layer, state_byte),
                 end = offsetof(tr_layer, router_param) + sizeof(double);
    return a->mixer == b->mixer && a->cache_count == b->cache_count &&
           strcmp(a->attention, b->attention) == 0 &&
           memcmp((const char *)a + heads, (const char *)b + heads, cache - heads) == 0 &&
           memcmp((const char *)a + state, (const char *)b + state, end - state) == 0 &&
           memcmp(a->cache, b->cache, sizeof a->cache) == 0;
}

void tr_build_add(tr_build *build, const tr_layer *layer)
{
    tr_model *model = build->model;
    if (build->keys.status != TR_OK)
        return;
    if (build->added == TR_BUILD_LAYER_MAX) {
        tr_keys_fail(&build->keys, TR_ECAPACITY, TR_KEY_LAYERS, build->layers, "gives more than %d blocks",
                     TR_BUILD_LAYER_MAX);
        return;
    }
    int kind = 0;
    while (kind < model->layer_kinds && !same(&model->layer[kind], layer))
        kind++;
    if (kind == TR_LAYER_MAX) {
        tr_keys_fail(&build->keys, TR_ECAPACITY, TR_KEY_LAYERS, kind, "gives more than %d different layers",
                     TR_LAYER_MAX);
        return;
    }
    if (kind == model->layer_kinds) {
        model->layer[kind] = *layer;
        model->layer_kinds++;
    }
    model->layer[kind].layer_count += 1;
    build->group[build->added++] = (unsigned char)kind;
}
