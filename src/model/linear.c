/* model/linear.c -- stacks that mix attention with linear attention: Qwen3-Next, Kimi Linear, MiniMax M1. */
#include <string.h>

#include "model/linear.h"

/* ---- gated delta net (Qwen3-Next, Qwen3.5) ------------------------------------- */

static int is_full(tr_build *build, size_t index)
{
    const size_t every = (size_t)tr_keys_dim_or(&build->keys, "full_attention_interval", 4);
    return tr_build_is_attention(build, index, (index + 1) % every == 0);
}

void tr_build_delta_net(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    attention.gate_dim = attention.heads * attention.head_dim;
    attention.extra_param = 2 * attention.head_dim;
    const tr_delta d = {
        .key_heads = tr_keys_dim(keys, "linear_num_key_heads"),
        .value_heads = tr_keys_dim(keys, "linear_num_value_heads"),
        .key_dim = tr_keys_dim(keys, "linear_key_head_dim"),
        .value_dim = tr_keys_dim(keys, "linear_value_head_dim"),
        .kernel = tr_keys_dim(keys, "linear_conv_kernel_dim"),
    };
    const double dense = mixture.experts > 0 ? 0 : tr_keys_dim(keys, TR_KEY_FFN);
    tr_keys_know(keys, "full_attention_interval"); /* layer_types says the same */
    tr_layer_start(&layer);
    for (size_t i = 0; (double)i <= build->layers && i < TR_STACK_MAX && keys->status == TR_OK; i++) {
        const int predicts = (double)i == build->layers; /* one more layer, to predict a second token */
        tr_layer_start(&layer);
        if (predicts || is_full(build, i))
            tr_layer_attention(&layer, hidden, &attention);
        else
            tr_layer_delta(&layer, hidden, &d);
        layer.norm_param = 2 * hidden;
        if (mixture.experts > 0 && tr_build_is_sparse(build, i))
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, dense > 0 ? dense : tr_keys_dim(keys, TR_KEY_FFN), 3, 0);
        if (!predicts)
            tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
    /* Qwen3-Next has one prediction layer that its config does not mention */
    const double fallback = strcmp(build->family->type, "qwen3_next") == 0;
    const double count =
        tr_keys_whole_or(keys, "mtp_num_hidden_layers|num_nextn_predict_layers", 0, 64, fallback);
    tr_build_predict(build, count, &layer, 2 * hidden * hidden + 3 * hidden);
}

/* ---- Kimi delta attention with MLA ------------------------------------------------ */

void tr_build_kimi_linear(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_mla mla;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_mla(build, &mla);
    tr_build_mixture(build, &mixture);
    if (tr_keys_bool_or(keys, "mla_use_output_gate", 0))
        mla.gate_dim = mla.heads * mla.value_dim;
    const tr_kda k = {
        .heads = tr_keys_dim(keys, "linear_attn_config.num_heads"),
        .dim = tr_keys_dim(keys, "linear_attn_config.head_dim"),
        .kernel = tr_keys_dim(keys, "linear_attn_config.short_conv_kernel_size"),
        .full_rank_gate = tr_keys_bool_or(keys, "linear_attn_config.use_full_rank_gate", 0),
    };
    mixture.router_extra = mixture.experts;
    const double latent = tr_keys_whole_or(keys, "routed_expert_hidden_size", 0, TR_KEYS_DIM_MAX, 0);
    if (latent > 0) { /* experts in a narrower space: down, up, a norm */
        mixture.in_dim = latent;
        mixture.shared_extra =
            2 * hidden * latent + (tr_keys_bool_or(keys, "latent_moe_use_norm", 0) ? latent : 0);
    }
    unsigned char full[TR_STACK_MAX] = {0}; /* the list counts from 1 */
    tr_keys_know(keys, "linear_attn_config.kda_layers"); /* the others */
    const int is_listed = tr_build_kind(build, 0) != NULL;
    for (size_t i = 0; is_listed && (double)i < build->layers; i++)
        full[i] = (unsigned char)tr_build_is_attention(build, i, 0);
    if (tr_build_mark(build, "linear_attn_config.full_attn_layers", 1, full) == 0 && !is_listed)
        tr_keys_fail(keys, TR_EMISSING, "linear_attn_config.full_attn_layers.0", 0,
                     "is missing; expected the numbers of the full-attention layers, from 1");
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        if (full[i])
            tr_layer_mla(&layer, hidden, &mla);
        else
            tr_layer_kda(&layer, hidden, &k);
        layer.norm_param = 2 * hidden;
        tr_build_ffn(build, i, &mixture, &layer);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* ---- lightning attention (MiniMax Text-01, M1) -------------------------------------- */

void tr_build_lightning(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const int full = tr_build_kind(build, i) != NULL ? tr_build_is_attention(build, i, 0)
                                                         : tr_keys_item_whole(keys, "attn_type_list", i, 0, 1) > 0;
        tr_layer_start(&layer);
        if (full) {
            tr_layer_attention(&layer, hidden, &attention);
        } else {
            tr_layer_lightning(&layer, hidden, attention.heads, attention.head_dim);
        }
        layer.norm_param = 2 * hidden;
        tr_layer_mixture(&layer, hidden, &mixture);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
