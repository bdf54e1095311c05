/* model/mixed.c -- attention that differs from layer to layer: Llama 4, Gemma 4, gpt-oss, MiMo V2, MiniMax
 * M3. */
#include <stdio.h>
#include <string.h>

#include "model/build.h"

void tr_build_llama4(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    /* every sparse layer has one shared expert of the same width */
    mixture.shared_dim = mixture.dim;
    const double step = tr_keys_dim_or(keys, "interleave_moe_layer_step", 1);
    const double chunk = tr_keys_dim_or(keys, "attention_chunk_size", 8192);
    tr_keys_know(keys, "no_rope_layers"); /* layer_types says the same */
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_value rope, type;
        int full = (i + 1) % 4 == 0;
        if (tr_keys_item_find(keys, "layer_types", i, &type))
            full = strcmp(tr_keys_item_text(keys, "layer_types", i), "full_attention") == 0;
        else if (tr_keys_item_find(keys, "no_rope_layers", i, &rope))
            full = !(tr_keys_item_whole(keys, "no_rope_layers", i, 0, 1) > 0);
        attention.chunk = !full;
        attention.window = full ? 0 : chunk;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        if ((i + 1) % (size_t)step == 0 && mixture.experts > 0)
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, tr_keys_dim(keys, "intermediate_size_mlp"), 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

void tr_build_gpt_oss(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    attention.qkv_bias = attention.o_bias = 1;
    attention.extra_param = attention.heads;         /* a sink a head */
    mixture.expert_extra = 2 * mixture.dim + hidden; /* biases of gate, up and down */
    mixture.router_extra = mixture.experts;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        attention.window = tr_build_window(build, i, &attention.chunk);
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        tr_layer_mixture(&layer, hidden, &mixture);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* Window layers have their own count of KV heads and a sink a head; values are narrower than keys. */
void tr_build_mimo_v2(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    mixture.router_extra = mixture.experts;
    const double kv_heads = attention.kv_heads;
    const double window_kv_heads = tr_keys_dim(keys, "swa_num_key_value_heads");
    const double window = tr_keys_dim(keys, "sliding_window|sliding_window_size");
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const int windowed = tr_keys_item_whole(keys, "hybrid_layer_pattern", i, 0, 1) > 0;
        attention.window = windowed ? window : 0;
        attention.kv_heads = windowed ? window_kv_heads : kv_heads;
        attention.extra_param = windowed ? attention.heads : 0;
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        tr_build_ffn(build, i, &mixture, &layer);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* Grouped attention; from some layer on an indexer picks blocks of rows. */
void tr_build_minimax_m3(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    mixture.router_extra = mixture.experts;
    attention.extra_param = 2 * attention.head_dim;
    /* which blocks are always picked, and how they are scored: the count of picks is another key */
    tr_keys_know(keys, "sparse_attention_config.use_sparse_attention|sparse_attention_config.sparse_local_block|"
                       "sparse_attention_config.sparse_init_block|sparse_attention_config.sparse_score_type|"
                       "sparse_attention_config.sparse_disable_index_value");
    const double index_heads = tr_keys_dim(keys, "sparse_attention_config.sparse_num_index_heads");
    const double index_dim = tr_keys_dim(keys, "sparse_attention_config.sparse_index_dim");
    const double picked = tr_keys_dim(keys, "sparse_attention_config.sparse_topk_blocks") *
                          tr_keys_dim(keys, "sparse_attention_config.sparse_block_size");
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        if (tr_keys_item_whole(keys, "sparse_attention_config.sparse_attention_freq", i, 0, 1) > 0) {
            (void)snprintf(layer.attention, sizeof layer.attention, "sparse");
            layer.index_heads = index_heads;
            layer.index_dim = index_dim;
            layer.mixer_param += hidden * index_heads * index_dim + hidden * index_dim + 2 * index_dim;
            layer.cache[0].read_cap = picked;
            const tr_cache rows = {.kind = TR_CACHE_INDEX,
                                   .elem = index_dim,
                                   .token_per_row = 1,
                                   .flop_per_row = 2 * index_heads * index_dim};
            tr_layer_cache(&layer, &rows);
        }
        if (tr_build_is_sparse(build, i))
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, tr_keys_dim(keys, "dense_intermediate_size"), 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
