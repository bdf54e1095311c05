/* model/varied.c -- stacks whose layers differ in ways of their own: OpenELM, RecurrentGemma, Llama 3.2 Vision. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "model/build.h"

/* ---- OpenELM: heads and inner width grow from layer to layer ------------------------ */

/* A multiple of the divisor near the width, and never less than nine tenths of it. */
static double divisible(double width, double divisor)
{
    double near = floor(floor(width + divisor / 2) / divisor) * divisor;
    near = near < divisor ? divisor : near;
    return near < 0.9 * width ? near + divisor : near;
}

void tr_build_openelm(tr_build *build)
{
    tr_keys *keys = &build->keys;
    tr_model *model = build->model;
    const double hidden = build->hidden, head_dim = tr_keys_dim(keys, TR_KEY_HEAD_DIM);
    const double divisor = tr_keys_dim_or(keys, "ffn_dim_divisor", 256);
    const int norms = tr_keys_bool_or(keys, "normalize_qk_projections", 1);
    const double matrices = tr_keys_bool_or(keys, "ffn_with_glu", 1) ? 3 : 2;
    tr_keys_know(keys, "qkv_multipliers|num_gqa_groups"); /* what the lists of heads were made from */
    tr_keys_list_expect(keys, "num_query_heads", build->layers, build->layers, "layers");
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        char key[32];
        tr_layer layer;
        tr_attention attention = {.heads = tr_keys_item_whole(keys, "num_query_heads", i, 1, TR_KEYS_DIM_MAX),
                                  .kv_heads = tr_keys_item_whole(keys, "num_kv_heads", i, 1, TR_KEYS_DIM_MAX),
                                  .head_dim = head_dim,
                                  .value_dim = head_dim,
                                  .extra_param = norms ? 2 * head_dim : 0};
        (void)snprintf(key, sizeof key, "ffn_multipliers.%zu", i);
        const double multiplier = tr_keys_number_or(keys, key, 0, 1024, 4);
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        tr_layer_dense(&layer, hidden, divisible(multiplier * hidden, divisor), matrices, 0);
        tr_build_add(build, &layer);
    }
    model->final_param = hidden;
    model->tied = tr_keys_bool_or(keys, "share_input_output_layers", model->tied);
    model->head_param = model->tied ? 0 : model->embedding_param;
}

/* ---- RecurrentGemma: gated linear recurrences, with windowed attention between -------- */

/* One channel of state; its gates are block-diagonal, a block a head. */
static void recurrence(tr_layer *layer, double hidden, double width, double heads, double kernel)
{
    const double block = width / heads;
    layer->in_dim = 2 * width; /* the branch with the convolution, and the gate beside it */
    layer->out_dim = layer->conv_dim = width;
    layer->state_dim = 1;
    layer->conv_token = kernel;
    layer->mixer_param = 3 * hidden * width + 2 * width + hidden + (kernel + 1) * width + width +
                         2 * (heads * block * block + width);
    tr_layer_state(layer, TR_MIXER_LINEAR, "linear", 4 * width + 2 * (kernel - 1) * width,
                   2 * (2 * width * block) + 5 * width + 2 * kernel * width);
}

void tr_build_recurrent_gemma(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_build_heads(build, &attention);
    attention.qkv_bias = tr_keys_bool_or(keys, "attention_bias", 0);
    attention.o_bias = 1;
    attention.window = tr_keys_dim_or(keys, "attention_window_size", 2048);
    const double width = tr_keys_dim_or(keys, "lru_width", hidden), kernel = tr_keys_dim_or(keys, "conv1d_width", 4);
    const double ffn = tr_keys_dim(keys, TR_KEY_FFN) / 2; /* gate and up together */
    const size_t period = tr_keys_list_length(keys, "block_types");
    tr_keys_know(keys, "_block_types"); /* the same again */
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const int full = period > 0 ? strcmp(tr_keys_item_text(keys, "block_types", i % period), "attention") == 0
                                    : i % 3 == 2;
        tr_layer layer;
        tr_layer_start(&layer);
        if (full)
            tr_layer_attention(&layer, hidden, &attention);
        else
            recurrence(&layer, hidden, width, attention.heads, kernel);
        layer.norm_param = 2 * hidden;
        tr_layer_dense(&layer, hidden, ffn, 3, 1);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* ---- Llama 3.2 Vision: some layers look at the image alone ------------------------------ */

void tr_build_mllama(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    unsigned char cross[TR_STACK_MAX] = {0};
    tr_build_heads(build, &attention);
    (void)tr_build_mark(build, "cross_attention_layers", 0, cross);
    const double dim = tr_keys_dim(keys, TR_KEY_FFN);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_attention a = attention;
        tr_layer layer;
        tr_layer_start(&layer);
        if (cross[i]) /* norms of q and k, two gates; the image's rows are not counted */
            a.extra_param = 2 * a.head_dim + 2;
        tr_layer_attention(&layer, hidden, &a);
        if (cross[i]) {
            (void)snprintf(layer.attention, sizeof layer.attention, "cross");
            memset(layer.cache, 0, sizeof layer.cache);
            layer.cache_count = 0;
        }
        layer.norm_param = 2 * hidden;
        tr_layer_dense(&layer, hidden, dim, 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
    build->model->embedding_param += 8 * hidden; /* rows of the image's token and of padding */
}
