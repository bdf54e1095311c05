/* model/mamba.c -- state-space hybrids: Nemotron-H, Jamba, Granite 4. */
#include <math.h>
#include <string.h>

#include "model/mamba.h"

double tr_mamba_rank(tr_keys *keys, const char *name, double hidden)
{
    tr_value value;
    const int given = tr_keys_find(keys, name, &value) && value.kind == TR_VALUE_NUMBER;
    return given ? tr_keys_dim(keys, name) : ceil(hidden / 16);
}

/* ---- Nemotron-H: one mixer a block ------------------------------------------------ */

/* The kind of block index as a letter: M mamba, E mixture, * attention, - FFN; 0 after a failure. */
static char block_kind(tr_build *build, const char *pattern, size_t index)
{
    tr_keys *keys = &build->keys;
    if (pattern != NULL)
        return pattern[index];
    const char *type = tr_build_kind(build, index);
    if (type == NULL)
        type = tr_keys_item_text(keys, "layers_block_type", index); /* which says that it is missing */
    static const char names[][16] = {"mamba", "moe", "attention", "mlp", "mamba2", "sparse", "full_attention", "dense"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(type, names[i]) == 0)
            return "ME*-"[i % 4];
    return '?';
}

void tr_build_nemotron_h(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    const char *pattern = tr_keys_text_or(keys, "hybrid_override_pattern", NULL);
    if (pattern != NULL && keys->status == TR_OK && (double)strlen(pattern) != build->layers)
        tr_keys_fail(keys, TR_ECONFLICT, "hybrid_override_pattern", (double)strlen(pattern),
                     "has %zu letters; expected one for each of the %.0f layers", strlen(pattern),
                     build->layers);
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    const tr_mamba2 mamba = {
        .heads = tr_keys_dim(keys, "mamba_num_heads"),
        .head_dim = tr_keys_dim(keys, "mamba_head_dim"),
        .groups = tr_keys_dim(keys, "n_groups"),
        .state = tr_keys_dim(keys, "ssm_state_size"),
        .kernel = tr_keys_dim(keys, "conv_kernel"),
        .conv_bias = tr_keys_bool_or(keys, "use_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "mamba_proj_bias", 0),
        .gated_norm = 1,
    };
    attention.qkv_bias = attention.o_bias = tr_keys_bool_or(keys, "attention_bias", 0);
    const double latent = tr_keys_whole_or(keys, "moe_latent_size", 0, TR_KEYS_DIM_MAX, 0);
    mixture.matrices = 2;
    mixture.in_dim = latent;
    mixture.router_extra = mixture.experts;
    mixture.shared_dim =
        tr_keys_whole_or(keys, "moe_shared_expert_intermediate_size", 0, TR_KEYS_DIM_MAX, mixture.shared_dim);
    mixture.shared_extra = 2 * hidden * latent;
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        layer.norm_param = hidden;
        switch (block_kind(build, pattern, i)) {
        case 'M': tr_layer_mamba2(&layer, hidden, &mamba); break;
        case '*': tr_layer_attention(&layer, hidden, &attention); break;
        case '-':
            tr_layer_dense(&layer, hidden, tr_keys_dim(keys, TR_KEY_FFN), 2,
                           tr_keys_bool_or(keys, "mlp_bias", 0));
            break;
        case 'E':
            if (!(mixture.experts > 0))
                tr_keys_fail(keys, TR_EMISSING, TR_KEY_EXPERTS, 0,
                             "is missing; the pattern asks for a mixture");
            tr_layer_mixture(&layer, hidden, &mixture);
            break;
        default:
            tr_keys_fail(
                keys, TR_EDOMAIN, "hybrid_override_pattern|layers_block_type.0", (double)i,
                "names an unknown block at place %zu; expected M (mamba), * (attention), - (mlp), E (moe)",
                i);
        }
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* ---- Jamba: attention every eighth layer, a mixture every second ------------------- */

void tr_build_jamba(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    const tr_mamba1 mamba = {
        .inner = hidden * tr_keys_dim(keys, "mamba_expand"),
        .state = tr_keys_dim(keys, "mamba_d_state"),
        .rank = tr_mamba_rank(keys, "mamba_dt_rank", hidden),
        .kernel = tr_keys_dim(keys, "mamba_d_conv"),
        .conv_bias = tr_keys_bool_or(keys, "mamba_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "mamba_proj_bias", 0),
        .norms = 1,
    };
    const int is_listed = tr_build_kind(build, 0) != NULL;
    const size_t attention_period = (size_t)tr_keys_dim_or(keys, "attn_layer_period", 8);
    const size_t attention_offset = (size_t)tr_keys_whole_or(keys, "attn_layer_offset", 0, TR_KEYS_LAYER_MAX, 4);
    const size_t expert_period = (size_t)tr_keys_dim(keys, "expert_layer_period");
    const size_t expert_offset = (size_t)tr_keys_whole(keys, "expert_layer_offset", 0, TR_KEYS_LAYER_MAX);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        layer.norm_param = 2 * hidden;
        if (is_listed ? tr_build_is_attention(build, i, 0) : i % attention_period == attention_offset)
            tr_layer_attention(&layer, hidden, &attention);
        else
            tr_layer_mamba1(&layer, hidden, &mamba);
        if (i % expert_period == expert_offset && mixture.experts > 1)
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, tr_keys_dim(keys, TR_KEY_FFN), 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}

/* ---- Granite 4, Bamba: Mamba-2 and attention, each with a mixture or a dense FFN ----- */

/* Which layers are attention: by a list of types, or of the places of attention. */
static void mark_attention(tr_build *build, unsigned char *attention)
{
    tr_keys *keys = &build->keys;
    if (tr_build_kind(build, 0) != NULL) {
        for (size_t i = 0; (double)i < build->layers; i++)
            attention[i] = (unsigned char)tr_build_is_attention(build, i, 0);
        return;
    }
    if (tr_build_mark(build, "attn_layer_indices", 0, attention) == 0)
        tr_keys_fail(keys, TR_EMISSING, "layer_types", 0,
                     "is missing; expected \"mamba\" or \"attention\" for each layer");
}

void tr_build_granite_hybrid(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture;
    tr_layer layer;
    tr_build_heads(build, &attention);
    tr_build_mixture(build, &mixture);
    attention.qkv_bias = attention.o_bias = tr_keys_bool_or(keys, "attention_bias", 0);
    const double heads = tr_keys_dim(keys, "mamba_n_heads"), expand = tr_keys_dim_or(keys, "mamba_expand", 2);
    const tr_mamba2 mamba = {
        .heads = heads,
        .head_dim = hidden * expand / heads,
        .groups = tr_keys_dim(keys, "mamba_n_groups"),
        .state = tr_keys_dim(keys, "mamba_d_state"),
        .kernel = tr_keys_dim(keys, "mamba_d_conv"),
        .conv_bias = tr_keys_bool_or(keys, "mamba_conv_bias", 1),
        .proj_bias = tr_keys_bool_or(keys, "mamba_proj_bias", 0),
        .gated_norm = 1,
    };
    tr_keys_know(keys, "mamba_d_head"); /* inner width over heads */
    unsigned char is_attention[TR_STACK_MAX] = {0};
    mark_attention(build, is_attention);
    /* Granite's small ones keep the shared FFN alone; Bamba has a plain one */
    const double dense =
        mixture.experts > 0 ? 0 : tr_keys_dim(keys, "shared_intermediate_size|intermediate_size");
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        tr_layer_start(&layer);
        layer.norm_param = 2 * hidden;
        if (is_attention[i])
            tr_layer_attention(&layer, hidden, &attention);
        else
            tr_layer_mamba2(&layer, hidden, &mamba);
        if (mixture.experts > 0)
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, dense, 3, 0);
        tr_build_add(build, &layer);
    }
    build->model->final_param = hidden;
}
