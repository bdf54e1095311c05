/* model/standard.c -- the standard block: attention and a dense or mixture FFN, by the family's traits. */
#include "model/build.h"

/* Parameters of one norm of this width in this family. */
static double norm(const tr_build *build, double width)
{
    const unsigned traits = build->family->traits;
    return traits & TR_NORM_FREE ? 0 : traits & TR_LAYERNORM ? 2 * width : width;
}

static void attention_traits(tr_build *build, tr_attention *a)
{
    tr_keys *keys = &build->keys;
    const unsigned traits = build->family->traits;
    tr_build_heads(build, a);
    const int key =
        tr_keys_bool_or(keys, "attention_bias|use_qkv_bias|use_bias|bias|qkv_bias|add_qkv_bias", 0);
    a->qkv_bias = (traits & TR_QKV_BIAS) || ((traits & TR_QKV_BIAS_KEY) && key);
    a->o_bias = (traits & TR_O_BIAS) || ((traits & TR_O_BIAS_KEY) && key);
    if ((traits & TR_QK_KEY) && !tr_keys_bool_or(keys, "use_qk_norm|qk_layernorm", 0))
        return;
    if (traits & TR_QK_HEAD)
        a->extra_param += 2 * a->head_dim;
    if (traits & TR_QK_FULL)
        a->extra_param += (a->heads + a->kv_heads) * a->head_dim;
}

static double ffn_dim(tr_build *build)
{
    if ((build->family->traits & TR_FFN_4H) && !tr_keys_has(&build->keys, TR_KEY_FFN))
        return 4 * build->hidden;
    return tr_keys_dim(&build->keys, TR_KEY_FFN);
}

/* [M1] a multi-token-prediction layer: one more layer of the last kind, two norms, the projection of two
 * concatenated states, and its own final norm. Embedding and head are the main model's. */
static void multi_token(tr_build *build, const tr_layer *last)
{
    const double count = tr_keys_whole_or(&build->keys, "num_nextn_predict_layers", 0, 64, 0);
    const double hidden = build->hidden;
    build->model->mtp_param = count * (tr_layer_param(last) + 2 * hidden * hidden + 3 * hidden);
}

void tr_build_standard(tr_build *build)
{
    tr_keys *keys = &build->keys;
    const unsigned traits = build->family->traits;
    const double hidden = build->hidden;
    tr_attention attention;
    tr_mixture mixture = {0};
    attention_traits(build, &attention);
    if (traits & TR_MOE)
        tr_build_mixture(build, &mixture);
    const double matrices = traits & TR_FFN_PLAIN ? 2 : 3;
    mixture.matrices = matrices;
    const int ffn_bias = (traits & TR_FFN_BIAS) ||
                         ((traits & TR_FFN_BIAS_KEY) && tr_keys_bool_or(keys, "mlp_bias|use_bias", 0));
    tr_layer layer;
    tr_layer_start(&layer);
    for (size_t i = 0; (double)i < build->layers && keys->status == TR_OK; i++) {
        const int sparse = mixture.experts > 0 && tr_build_is_sparse(build, i);
        tr_layer_start(&layer);
        attention.window = tr_build_window(build, i, &attention.chunk);
        tr_layer_attention(&layer, hidden, &attention);
        layer.norm_param = norm(build, build->family->norms * hidden);
        if (sparse)
            tr_layer_mixture(&layer, hidden, &mixture);
        else
            tr_layer_dense(&layer, hidden, ffn_dim(build), matrices, ffn_bias);
        tr_build_add(build, &layer);
    }
    build->model->final_param = norm(build, hidden) + (traits & TR_EMBED_NORM ? norm(build, hidden) : 0);
    if (traits & TR_HEAD_BIAS)
        build->model->final_param += build->model->vocab;
    if (traits & TR_POSITIONS)
        build->model->lookup_param = hidden * tr_keys_dim(keys, "max_position_embeddings|n_positions");
    if (traits & TR_MTP)
        multi_token(build, &layer);
}
