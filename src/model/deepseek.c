/* model/deepseek.c -- latent attention with mixtures: DeepSeek V2, V3, V3.2, GLM-5, Kimi K2, and compressed
 * V4. */
#include <stdio.h>
#include <string.h>

#include "model/build.h"

/* Whether layer index computes its own sparse choice; "shared" takes that of a layer before. */
static int owns_index(tr_build *build, size_t index)
{
    tr_value value;
    if (!tr_keys_item_find(&build->keys, "indexer_types", index, &value))
        return 1;
    return strcmp(tr_keys_item_text(&build->keys, "indexer_types", index), "shared") != 0;
}

void tr_build_deepseek(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_mla mla;
    tr_attention plain; /* small ones of the family go without a latent */
    tr_mixture mixture;
    tr_layer layer;
    const int is_latent = tr_keys_bool_or(keys, "use_mla", 1) && tr_keys_whole_or(keys, "kv_lora_rank", 0, 1e9, 1) > 0;
    memset(&mla, 0, sizeof mla);
    if (is_latent)
        tr_build_mla(build, &mla);
    else
        tr_build_heads(build, &plain);
    tr_build_mixture(build, &mixture);
    /* what indexer_types lists layer by layer, by a rule */
    tr_keys_know(keys, "index_topk_freq|index_skip_topk_offset|index_share_for_mtp_iteration");
    /* V3 and after balance with a bias an expert (noaux_tc); V2 does not */
    const char *method = tr_keys_text_or(keys, "topk_method", "");
    if (mixture.experts > 0 && strcmp(method, "noaux_tc") == 0)
        mixture.router_extra = mixture.experts;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        mla.index_own = owns_index(build, i);
        mla.window = tr_build_window(build, i, &mla.chunk);
        if (is_latent)
            tr_layer_mla(&layer, hidden, &mla);
        else
            tr_layer_attention(&layer, hidden, &plain);
        layer.norm_param = 2 * hidden;
        tr_build_ffn(build, i, &mixture, &layer);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
    /* [M1] a prediction layer is a sparse layer with its own indexer, two norms, the joining projection, a
     * norm */
    const double count = tr_keys_whole_or(keys, "num_nextn_predict_layers", 0, 64, 0);
    if (!(mixture.experts > 0) || !is_latent)
        return;
    tr_layer_start(&layer);
    mla.index_own = 1;
    tr_layer_mla(&layer, hidden, &mla);
    tr_layer_mixture(&layer, hidden, &mixture);
    layer.norm_param = 2 * hidden;
    tr_build_predict(build, count, &layer, count * (2 * hidden * hidden + 3 * hidden));
}

/* ---- V4: one shared key-value vector a row, compressed, with a window beside it ---- */

typedef struct v4 {
    double heads, head_dim, q_rank, out_rank, out_groups;
    double index_heads, index_dim, top_k, window;
    double streams; /* parallel residual streams (hyper-connections) */
} v4;

static void v4_keys(tr_keys *keys, v4 *v)
{
    v->heads = tr_keys_dim(keys, TR_KEY_HEADS);
    v->head_dim = tr_keys_dim(keys, TR_KEY_HEAD_DIM);
    v->q_rank = tr_keys_dim(keys, "q_lora_rank");
    v->out_rank = tr_keys_dim(keys, "o_lora_rank");
    v->out_groups = tr_keys_dim(keys, "o_groups");
    v->index_heads = tr_keys_dim(keys, "index_n_heads");
    v->index_dim = tr_keys_dim(keys, "index_head_dim");
    v->top_k = tr_keys_dim(keys, "index_topk");
    v->window = tr_keys_dim(keys, "sliding_window");
    v->streams = tr_keys_dim(keys, "hc_mult");
    tr_keys_know(keys, TR_KEY_KV_HEADS); /* keys and values are one vector */
}

/* A compressor of `ratio` tokens into one row: value and gate projections, a bias for each position, a norm.
 * Ratio 4 overlaps two windows, so its projections are twice as wide. */
static double compressor_param(double hidden, double dim, double ratio)
{
    const double wide = ratio == 4 ? 2 * dim : dim;
    return 2 * hidden * wide + ratio * wide + dim;
}

static void v4_attention(tr_layer *layer, double hidden, const v4 *v, double ratio)
{
    const double q_dim = v->heads * v->head_dim;
    layer->mixer = TR_MIXER_ATTENTION;
    (void)snprintf(layer->attention, sizeof layer->attention, "%s",
                   ratio > 4   ? "compressed"
                   : ratio > 0 ? "compressed-sparse"
                               : "window");
    layer->heads = v->heads;
    layer->kv_heads = 1;
    layer->head_dim = v->head_dim;
    layer->value_dim = v->head_dim;
    layer->q_rank = v->q_rank;
    layer->in_dim = v->q_rank + v->head_dim;
    layer->out_dim = q_dim;
    layer->out_rank = v->out_groups * v->out_rank;
    layer->out_groups_count = v->out_groups;
    /* q down, norm, up; one key-value vector and its norm; grouped low-rank output; a sink a head */
    layer->mixer_param = hidden * v->q_rank + v->q_rank + v->q_rank * q_dim + hidden * v->head_dim +
                         v->head_dim + q_dim / v->out_groups * layer->out_rank + layer->out_rank * hidden +
                         v->heads;
    const double flop_per_row = 2 * v->heads * (2 * v->head_dim);
    if (ratio > 0) {
        const tr_cache compressed = {.kind = TR_CACHE_KV,
                                     .elem = v->head_dim,
                                     .token_per_row = ratio,
                                     .read_cap = ratio == 4 ? v->top_k : 0,
                                     .flop_per_row = flop_per_row};
        layer->mixer_param += compressor_param(hidden, v->head_dim, ratio);
        layer->in_dim += ratio == 4 ? 4 * v->head_dim : 2 * v->head_dim;
        tr_layer_cache(layer, &compressed);
    }
    if (ratio == 4) {
        layer->mixer_param += compressor_param(hidden, v->index_dim, ratio) +
                              v->q_rank * v->index_heads * v->index_dim + hidden * v->index_heads;
        tr_layer_index(layer, v->index_heads, v->index_dim, ratio);
    }
    const tr_cache window = {.kind = TR_CACHE_KV,
                             .elem = v->head_dim,
                             .token_per_row = 1,
                             .row_cap = v->window,
                             .flop_per_row = flop_per_row};
    tr_layer_cache(layer, &window);
}

void tr_build_deepseek_v4(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    v4 v;
    tr_mixture mixture;
    tr_layer layer;
    v4_keys(keys, &v);
    tr_build_mixture(build, &mixture);
    const double hashed = tr_keys_whole_or(keys, "num_hash_layers", 0, TR_KEYS_LAYER_MAX, 0);
    /* hyper-connections, before attention and before the mixture: mixing of the streams, its bias, three
     * scales */
    const double mixing =
        2 * ((2 + v.streams) * v.streams * (v.streams * hidden) + (2 + v.streams) * v.streams + 3);
    const double head_mixing = v.streams * v.streams * hidden + v.streams + 1;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const double ratio = tr_keys_item_whole(keys, "compress_ratios", i, 0, 1 << 20);
        tr_layer_start(&layer);
        v4_attention(&layer, hidden, &v, ratio);
        layer.norm_param = 2 * hidden + mixing;
        /* the first layers route by a table of token ids, so they need no balancing bias */
        mixture.router_extra = (double)i < hashed ? 0 : mixture.experts;
        tr_layer_mixture(&layer, hidden, &mixture);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden + head_mixing;
    const double count = tr_keys_whole_or(keys, "num_nextn_predict_layers", 0, 64, 0);
    tr_layer_start(&layer);
    v4_attention(&layer, hidden, &v, 0);
    mixture.router_extra = mixture.experts;
    tr_layer_mixture(&layer, hidden, &mixture);
    layer.norm_param = 2 * hidden + mixing;
    tr_build_predict(build, count, &layer, count * (2 * hidden * hidden + 3 * hidden + head_mixing));
}
