/* model/gemma.c -- Gemma 3n and 4: per-layer embeddings, shared caches, wider heads on global layers. */
#include <string.h>

#include "model/build.h"

/* A table of small embeddings for every layer, looked up; a projection of the main embedding into them, and a
 * norm. Returns their width. */
static double per_layer_inputs(tr_build *build, double fallback)
{
    tr_keys *keys = &build->keys;
    const double width = tr_keys_whole_or(keys, "hidden_size_per_layer_input", 0, TR_KEYS_DIM_MAX, fallback);
    tr_keys_know(keys, "vocab_size_per_layer_input");
    if (!(width > 0))
        return 0;
    const double rows = tr_keys_dim_or(keys, "vocab_size_per_layer_input", 262144);
    build->model->lookup_param = rows * build->layers * width;
    build->model->final_param += build->hidden * build->layers * width + width;
    return width;
}

/* In each layer: a gate into the small width, the way back, a norm. */
static void add_per_layer_input(tr_layer *layer, double hidden, double width)
{
    if (width > 0) {
        layer->mixer_param += 2 * hidden * width;
        layer->norm_param += hidden;
    }
}

/* The inner width of layer index: one for all, or a list. */
static double ffn_dim(tr_keys *keys, size_t index)
{
    tr_value value;
    if (tr_keys_item_find(keys, "intermediate_size", index, &value))
        return tr_keys_item_whole(keys, "intermediate_size", index, 1, TR_KEYS_DIM_MAX);
    return tr_keys_dim(keys, "intermediate_size");
}

static int is_full(tr_build *build, size_t index, size_t pattern)
{
    tr_value value;
    if (tr_keys_item_find(&build->keys, "layer_types", index, &value))
        return strcmp(tr_keys_item_text(&build->keys, "layer_types", index), "full_attention") == 0;
    return (index + 1) % pattern == 0;
}

void tr_build_gemma4(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention local, global;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &local);
    tr_build_mixture(build, &mixture);
    const int experts = tr_keys_bool_or(keys, "enable_moe_block", 0) && mixture.experts > 0;
    const double own = build->layers - tr_keys_whole_or(keys, "num_kv_shared_layers", 0, build->layers, 0);
    const int double_wide = tr_keys_bool_or(keys, "use_double_wide_mlp", 0);
    local.window = tr_keys_dim(keys, "sliding_window");
    global = local;
    global.window = 0;
    global.head_dim = global.value_dim = tr_keys_dim_or(keys, "global_head_dim", 512);
    global.k_is_v = tr_keys_bool_or(keys, "attention_k_eq_v", 0);
    if (global.k_is_v)
        global.kv_heads = tr_keys_dim_or(keys, "num_global_key_value_heads", local.kv_heads);
    mixture.router_extra = hidden + mixture.experts; /* scale of the input, scale of each expert */
    const double width = per_layer_inputs(build, 0);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const int last = (double)i + 1 == build->layers; /* always full */
        tr_attention *a = last || is_full(build, i, 6) ? &global : &local;
        a->shared = (double)i >= own && own > 0;
        a->extra_param = (a->shared ? 1 : 2) * a->head_dim;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, a);
        layer.norm_param = 4 * hidden + 1; /* and the scale of the layer */
        tr_layer_dense(&layer, hidden, ffn_dim(keys, i) * (a->shared && double_wide ? 2 : 1), 3, 0);
        if (experts) {
            tr_layer_mixture(&layer, hidden, &mixture);
            layer.norm_param += 3 * hidden;
        }
        add_per_layer_input(&layer, hidden, width);
        tr_build_add(build, &layer);
    }
    build->model->final_param += hidden;
}

/* Four residual streams mixed by small matrices (AltUp), a low-rank branch beside attention (LAuReL). */
void tr_build_gemma3n(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_layer layer;
    tr_build_heads(build, &attention);
    const double streams = tr_keys_dim_or(keys, "altup_num_inputs", 4);
    const double laurel = tr_keys_dim_or(keys, "laurel_rank", 64);
    const double own = build->layers - tr_keys_whole_or(keys, "num_kv_shared_layers", 0, build->layers, 15);
    const double window = tr_keys_dim_or(keys, "sliding_window", 512);
    const double width = per_layer_inputs(build, 256);
    attention.shared_param = 1;
    attention.extra_param = 2 * attention.head_dim;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        attention.window = is_full(build, i, 5) ? 0 : window;
        attention.shared = (double)i >= own && own > 0;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        /* mixing: corrections, predictions, a router with its norm, an output scale */
        layer.mixer_param += streams * streams + streams * streams * streams + hidden * streams + 2 * hidden;
        layer.mixer_param += 2 * hidden * laurel;
        layer.norm_param = 4 * hidden + hidden; /* the fifth after the low-rank branch */
        tr_layer_dense(&layer, hidden, ffn_dim(keys, i), 3, 0);
        add_per_layer_input(&layer, hidden, width);
        tr_build_add(build, &layer);
    }
    /* into the other streams and back, and the last norm */
    build->model->final_param += 2 * (streams - 1) * hidden * hidden + hidden;
}
