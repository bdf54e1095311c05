/* model/standard.c -- the standard block: attention and a dense or mixture FFN, by the family's traits. */
#include "model/standard.h"

#include <stdio.h>
#include <string.h>

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

static void read_block(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    const unsigned traits = build->family->traits;
    memset(block, 0, sizeof *block);
    attention_traits(build, &block->attention);
    if (traits & TR_MOE)
        tr_build_mixture(build, &block->mixture);
    if ((traits & TR_ROUTER_BIAS_KEY) && tr_keys_bool_or(keys, "moe_router_enable_expert_bias", 0))
        block->mixture.router_extra = block->mixture.experts;
    block->norms = build->family->norms;
    block->final_norms = 1;
    block->matrices = traits & TR_FFN_PLAIN ? 2 : 3;
    block->mixture.matrices = block->matrices;
    block->ffn_bias = (traits & TR_FFN_BIAS) ||
                      ((traits & TR_FFN_BIAS_KEY) && tr_keys_bool_or(keys, "mlp_bias|use_bias", 0));
    if ((traits & TR_FFN_4H) && !tr_keys_has(keys, TR_KEY_FFN))
        block->dense_dim = 4 * build->hidden;
    if (traits & TR_POSITIONS)
        block->positions = tr_keys_dim(keys, "max_position_embeddings|n_positions|n_ctx");
    if (build->family->quirk != TR_QUIRK_NONE)
        tr_block_quirk(build, block);
}

/* Rows of block-sparse attention: all are kept; read are those next to a query, and one in so many of all. */
static void read_sparsely(const tr_block *block, size_t index, tr_layer *layer)
{
    if (!(block->sparse_local > 0) || (index + 1) % (size_t)block->dense_every == 0)
        return;
    tr_cache far = layer->cache[0];
    (void)snprintf(layer->attention, sizeof layer->attention, "sparse");
    layer->cache[0].read_cap = block->sparse_local;
    far.shared = 1; /* the same rows */
    far.token_per_row = block->sparse_every;
    tr_layer_cache(layer, &far);
}

static void make_layer(tr_build *build, tr_block *block, size_t index, tr_layer *layer)
{
    const double hidden = build->hidden;
    tr_attention *attention = &block->attention;
    tr_layer_start(layer);
    attention->window = tr_build_window(build, index, &attention->chunk);
    attention->shared = block->share_every > 1 && index % (size_t)block->share_every != 0;
    tr_layer_attention(layer, hidden, attention);
    read_sparsely(block, index, layer);
    layer->norm_param = norm(build, block->norms * hidden) + block->extra;
    if (block->mixture.experts > 0 && tr_build_is_sparse(build, index)) {
        tr_layer_mixture(layer, hidden, &block->mixture);
        if (block->beside_dim > 0) {
            tr_layer_dense(layer, hidden, block->beside_dim, block->matrices, 0);
            layer->norm_param += norm(build, hidden);
        }
    } else {
        const double dim = block->dense_dim > 0 ? block->dense_dim : tr_keys_dim(&build->keys, TR_KEY_FFN);
        tr_layer_dense(layer, hidden, dim, block->matrices, block->ffn_bias);
    }
}

/* [M1] a multi-token-prediction layer: one more layer of the last kind, two norms, the projection of two
 * concatenated states, and its own final norm. Embedding and head are the main model's. */
static void multi_token(tr_build *build, const tr_layer *last)
{
    const double count = tr_keys_whole_or(&build->keys, "num_nextn_predict_layers", 0, 64, 0);
    const double hidden = build->hidden;
    tr_build_predict(build, count, last, count * (2 * hidden * hidden + 3 * hidden));
}

void tr_build_standard(tr_build *build)
{
    const unsigned traits = build->family->traits;
    tr_model *model = build->model;
    tr_block block;
    tr_layer layer;
    read_block(build, &block);
    tr_layer_start(&layer);
    for (size_t i = 0; (double)i < build->layers && build->keys.status == TR_OK; i++) {
        make_layer(build, &block, i, &layer);
        tr_build_add(build, &layer);
    }
    const double norms = block.final_norms + (traits & TR_EMBED_NORM ? 1 : 0);
    model->final_param += norm(build, norms * build->hidden) + (traits & TR_HEAD_BIAS ? model->vocab : 0);
    model->lookup_param += block.positions * build->hidden;
    if (traits & TR_MTP)
        multi_token(build, &layer);
}
