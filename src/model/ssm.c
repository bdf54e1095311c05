/* model/ssm.c -- stacks of state-space or convolution layers: Mamba, Mamba-2, Falcon-H1, LFM2. */
#include <math.h>
#include <string.h>

#include "model/linear.h"
#include "model/mamba.h"

void tr_build_mamba(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    const double expand = tr_keys_dim_or(keys, "expand", 2);
    tr_layer layer;
    const tr_mamba1 mamba = {
        .inner = tr_keys_dim_or(keys, "intermediate_size", hidden * expand),
        .state = tr_keys_dim_or(keys, "state_size", 16),
        .rank = tr_mamba_rank(keys, "time_step_rank", hidden),
        .kernel = tr_keys_dim_or(keys, "conv_kernel", 4),
        .conv_bias = tr_keys_bool_or(keys, "use_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "use_bias", 0),
    };
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        tr_layer_mamba1(&layer, hidden, &mamba);
        layer.norm_param = hidden;
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

void tr_build_mamba2(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_layer layer;
    const tr_mamba2 mamba = {
        .heads = tr_keys_dim(keys, "num_heads"),
        .head_dim = tr_keys_dim(keys, "head_dim"),
        .groups = tr_keys_dim_or(keys, "n_groups", 8),
        .state = tr_keys_dim_or(keys, "state_size", 128),
        .kernel = tr_keys_dim_or(keys, "conv_kernel", 4),
        .conv_bias = tr_keys_bool_or(keys, "use_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "use_bias", 0),
        .gated_norm = 1,
    };
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        tr_layer_mamba2(&layer, hidden, &mamba);
        layer.norm_param = hidden;
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* Attention and Mamba-2 side by side in every layer, so each layer is two entries. */
void tr_build_falcon_h1(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_layer layer;
    tr_build_heads(build, &attention);
    attention.qkv_bias = attention.o_bias = tr_keys_bool_or(keys, "attention_bias", 0);
    const double heads = tr_keys_dim(keys, "mamba_n_heads");
    tr_keys_know(keys, "mamba_d_head"); /* inner width over heads */
    const double inner =
        tr_keys_dim_or(keys, "mamba_d_ssm", hidden * tr_keys_dim_or(keys, "mamba_expand", 2));
    const tr_mamba2 mamba = {
        .heads = heads,
        .head_dim = inner / heads,
        .groups = tr_keys_dim_or(keys, "mamba_n_groups", 1),
        .state = tr_keys_dim(keys, "mamba_d_state"),
        .kernel = tr_keys_dim_or(keys, "mamba_d_conv", 4),
        .conv_bias = tr_keys_bool_or(keys, "mamba_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "mamba_proj_bias", 0),
        .gated_norm = tr_keys_bool_or(keys, "mamba_rms_norm", 0),
    };
    const int ffn_bias = tr_keys_bool_or(keys, "mlp_bias", 0);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        tr_layer_mamba2(&layer, hidden, &mamba);
        tr_build_add(build, &layer);
        tr_layer_start(&layer);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = 2 * hidden;
        tr_layer_dense(&layer, hidden, tr_keys_dim(keys, TR_KEY_FFN), 3, ffn_bias);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* Two thirds of the stated width, up to a multiple, where the config asks for it. */
static double lfm2_ffn_dim(tr_keys *keys)
{
    double dim = tr_keys_dim(keys, "block_ff_dim|intermediate_size");
    if (!tr_keys_bool_or(keys, "block_auto_adjust_ff_dim", 1))
        return dim;
    const double multiple = tr_keys_dim_or(keys, "block_multiple_of", 256);
    dim = floor(2 * dim / 3);
    dim = floor(dim * tr_keys_number_or(keys, "block_ffn_dim_multiplier", 0, 64, 1));
    return ceil(dim / multiple) * multiple;
}

/* Gated short convolutions, with attention here and there. */
void tr_build_lfm2(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_layer layer;
    tr_build_heads(build, &attention);
    attention.extra_param = 2 * attention.head_dim;
    const double kernel = tr_keys_dim_or(keys, "conv_L_cache", 3);
    tr_keys_know(keys, "conv_dim|conv_dim_out"); /* as wide as the stream */
    const int bias = tr_keys_bool_or(keys, "conv_bias", 0);
    tr_mixture mixture;
    tr_build_mixture(build, &mixture);
    if (tr_keys_bool_or(keys, "use_expert_bias", 1))
        mixture.router_extra = mixture.experts;
    const double dim = mixture.experts > 0 ? tr_keys_dim(keys, TR_KEY_FFN) : lfm2_ffn_dim(keys);
    unsigned char full[TR_STACK_MAX] = {0};
    (void)tr_build_mark(build, "full_attn_idxs", 0, full);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        full[i] = (unsigned char)tr_build_is_attention(build, i, full[i]);
        tr_layer_start(&layer);
        if (full[i]) {
            tr_layer_attention(&layer, hidden, &attention);
        } else {
            tr_layer_short_conv(&layer, hidden, kernel, bias);
        }
        layer.norm_param = 2 * hidden;
        if (mixture.experts > 0 && tr_build_is_sparse(build, i))
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, dim, 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
