/* model/parts.c -- the parts of a layer that are no mixer, and layers added to groups of equal ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/build.h"

void tr_layer_start(tr_layer *layer)
{
    memset(layer, 0, sizeof *layer);
    (void)snprintf(layer->attention, sizeof layer->attention, "none");
}

void tr_layer_cache(tr_layer *layer, const tr_cache *cache)
{
    if (layer->cache_count < TR_CACHE_MAX)
        layer->cache[layer->cache_count++] = *cache;
}

void tr_layer_index(tr_layer *layer, double heads, double dim, double token_per_row)
{
    const tr_cache keys = {
        .kind = TR_CACHE_INDEX,
        .elem = dim,
        .token_per_row = token_per_row,
        .flop_per_row = 2 * heads * dim,
        .row_byte = dim + 4 * ceil(dim / 128), /* a float for 128 */
        .math = TR_DTYPE_FP8,
    };
    layer->index_heads = heads;
    layer->index_dim = dim;
    tr_layer_cache(layer, &keys);
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
    layer->expert_group_count = m->groups;
    layer->expert_group_active_count = m->groups_active;
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

void tr_matrix_give(tr_matrix_kind kind, double in_dim, double out_dim, tr_matrix_visit visit, void *context)
{
    const tr_matrix matrix = {TR_PART_MIXER, kind, in_dim, out_dim, 1};
    if (in_dim > 0 && out_dim > 0)
        visit(context, &matrix);
}

void tr_matrix_give_in_out(const tr_model *model, const tr_layer *layer, tr_matrix_visit visit, void *context)
{
    tr_matrix_give(TR_MATRIX_PLAIN, model->hidden, layer->in_dim, visit, context);
    tr_matrix_give(TR_MATRIX_PLAIN, layer->out_dim, model->hidden, visit, context);
}

double tr_layer_param(const tr_layer *l)
{
    return l->mixer_param + l->norm_param + l->dense_param + l->routed_param + l->shared_param + l->router_param;
}

double tr_layer_idle_param(const tr_layer *l)
{
    return l->experts > 0 ? (l->experts - l->experts_active) * (l->routed_param / l->experts) : 0;
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
    if (model->stack_count == TR_STACK_MAX) {
        tr_keys_fail(&build->keys, TR_ECAPACITY, TR_KEY_LAYERS, build->layers, "gives more than %d blocks",
                     TR_STACK_MAX);
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
    model->stack[model->stack_count++] = (unsigned char)kind;
}

void tr_build_predict(tr_build *build, double count, const tr_layer *layer, double beside_param)
{
    tr_model *model = build->model;
    if (!(count > 0))
        return;
    /* [M1] */
    model->mtp_layers = count;
    model->mtp_layer = *layer;
    model->mtp_layer.layer_count = count;
    model->mtp_param = count * tr_layer_param(layer) + beside_param;
    model->mtp_active_param = model->mtp_param - count * tr_layer_idle_param(layer);
    model->mtp_routed_param = count * layer->routed_param;
}
