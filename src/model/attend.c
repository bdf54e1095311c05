/* model/attend.c -- one model with another's way of looking at its cache: dense, by an index, compressed. */
#include "model/attend.h"

#include <math.h>
#include <stdio.h>

#include "base/fail.h"

/* The cache of a layer that grows with the context; NULL: none does. */
static const tr_cache *growing(const tr_layer *layer)
{
    for (int k = 0; k < layer->cache_count; k++)
        if (layer->cache[k].kind == TR_CACHE_KV && !(layer->cache[k].row_cap > 0.0))
            return &layer->cache[k];
    return NULL;
}

static const tr_cache *index_of(const tr_layer *layer)
{
    for (int k = 0; k < layer->cache_count; k++)
        if (layer->cache[k].kind == TR_CACHE_INDEX)
            return &layer->cache[k];
    return NULL;
}

tr_attend tr_model_attend_of(const tr_model *model)
{
    tr_attend most = TR_ATTEND_NONE;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_cache *cache = growing(&model->layer[i]);
        const tr_attend here = cache == NULL                ? TR_ATTEND_NONE
                               : cache->token_per_row > 1.0 ? TR_ATTEND_COMPRESSED
                               : cache->read_cap > 0.0 || index_of(&model->layer[i]) != NULL
                                   ? TR_ATTEND_SPARSE
                                   : TR_ATTEND_DENSE;
        most = here > most ? here : most;
    }
    return most;
}

/* Value and gate projections of so many tokens into one row, a bias for each position, a norm; 4 tokens
 * overlap two windows, so those are twice as wide. */
static double compressor_param(double hidden, double row_dim, double token_per_row)
{
    const double wide = token_per_row == 4.0 ? 2.0 * row_dim : row_dim;
    return 2.0 * hidden * wide + token_per_row * wide + row_dim;
}

/* What a layer has for its way of looking: an indexer, compressors. */
static double looking_param(const tr_layer *layer, double hidden)
{
    const tr_cache *rows = growing(layer), *index = index_of(layer);
    const double q_in = layer->q_rank > 0.0 ? layer->q_rank : hidden;
    double param = 0.0;
    if (rows != NULL && rows->token_per_row > 1.0)
        param += compressor_param(hidden, rows->elem, rows->token_per_row);
    if (index != NULL) {
        param += q_in * layer->index_heads * layer->index_dim + hidden * layer->index_heads;
        param += index->token_per_row > 1.0 ? compressor_param(hidden, layer->index_dim, index->token_per_row)
                                            : hidden * layer->index_dim + 2.0 * layer->index_dim;
    }
    return param;
}

/* One layer, looking as `like` does. [M12] */
static void look(tr_layer *layer, const tr_layer *like, double hidden)
{
    const tr_cache rows = *growing(layer);
    const double had = looking_param(layer, hidden);
    layer->cache_count = 0;
    for (int k = 0; k < like->cache_count; k++) {
        tr_cache cache = like->cache[k];
        if (cache.kind == TR_CACHE_KV) {
            const tr_cache as = cache;
            cache = rows;
            cache.token_per_row = as.token_per_row;
            cache.row_cap = as.row_cap;
            cache.read_cap = as.read_cap;
            cache.wraps = as.wraps;
        }
        layer->cache[layer->cache_count++] = cache;
    }
    layer->index_heads = like->index_heads;
    layer->index_dim = like->index_dim;
    layer->mixer_param += looking_param(layer, hidden) - had;
}

static double layers_that_grow(const tr_model *model)
{
    double layers = 0.0;
    for (int i = 0; i < model->layer_kinds; i++)
        if (growing(&model->layer[i]) != NULL)
            layers += model->layer[i].layer_count;
    return layers;
}

/* The layer of `like` that lies as far through it as `placed` layers through a model `ratio` times as deep,
 * and up to which layer of that one it goes: whole ones. */
static const tr_layer *at_share(const tr_model *like, double placed, double ratio, double *upto)
{
    const tr_layer *last = NULL;
    double through = 0.0;
    *upto = 0.0;
    for (int k = 0; k < like->layer_kinds; k++) {
        if (growing(&like->layer[k]) == NULL)
            continue;
        through += like->layer[k].layer_count;
        last = &like->layer[k];
        *upto = floor(through * ratio + 0.5);
        if (*upto > placed)
            break;
    }
    return last;
}

tr_status tr_model_attend_as(const tr_model *model, const tr_model *like, tr_model *out, tr_error *err)
{
    const double of = layers_that_grow(like);
    if (!(of > 0.0) || !(layers_that_grow(model) > 0.0))
        return tr_fail(err, TR_ENOFIT, "model", 0.0, "%.60s has no cache that grows with the context",
                       of > 0.0 ? model->name : like->name);
    *out = *model;
    out->layer_kinds = 0;
    const double layers = layers_that_grow(model);
    double more_param = 0.0, placed = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        const int grows = growing(layer) != NULL;
        for (double left = layer->layer_count; left > 0.0;) {
            tr_layer one = *layer;
            if (out->layer_kinds == TR_LAYER_MAX)
                return tr_fail(err, TR_ECAPACITY, "layers", TR_LAYER_MAX, "more than %d distinct layers",
                               TR_LAYER_MAX);
            if (grows) { /* as the layer that lies as far through the other's */
                double upto;
                const tr_layer *as = at_share(like, placed, layers / of, &upto);
                one.layer_count = upto - placed < left ? upto - placed : left;
                placed += one.layer_count;
                look(&one, as, model->hidden);
                more_param += one.layer_count * (one.mixer_param - layer->mixer_param);
            }
            left -= one.layer_count;
            out->layer[out->layer_kinds++] = one;
        }
    }
    out->stack_count = 0; /* which block is which is not known of such a model */
    out->total_param += more_param;
    out->active_param += more_param;
    out->multiply_param += more_param;
    out->stream_param += more_param;
    if (out->weight_total_byte > 0.0)
        out->weight_total_byte += more_param * out->weight.part[TR_PART_MIXER].byte;
    return TR_OK;
}
