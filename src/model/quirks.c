/* model/quirks.c -- families whose standard block depends on keys of their own. */
#include <string.h>

#include "model/standard.h"

static void falcon(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    const int grouped = tr_keys_bool_or(keys, "new_decoder_architecture", tr_keys_has(keys, "n_head_kv"));
    const int parallel = tr_keys_bool_or(keys, "parallel_attn", 1);
    if (!grouped)
        block->attention.kv_heads = tr_keys_bool_or(keys, "multi_query", 1) ? 1 : block->attention.heads;
    block->norms = grouped ? tr_keys_whole_or(keys, "num_ln_in_parallel_attn", 1, 2, 2) : parallel ? 1 : 2;
    block->attention.qkv_bias = block->attention.o_bias = block->ffn_bias = tr_keys_bool_or(keys, "bias", 0);
}

static void mpt(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    const char *kind = tr_keys_text_or(keys, "attn_config.attn_type", "multihead_attention");
    if (strcmp(kind, "multiquery_attention") == 0)
        block->attention.kv_heads = 1;
    block->dense_dim = build->hidden * tr_keys_dim_or(keys, "expansion_ratio", 4);
    if (!tr_keys_bool_or(keys, "no_bias", 1))
        tr_keys_fail(keys, TR_EDOMAIN, "no_bias", 0, "is false; only models without biases are known");
    if (!tr_keys_bool_or(keys, "attn_config.alibi", 0) && tr_keys_bool_or(keys, "learned_pos_emb", 1))
        block->positions = tr_keys_dim(keys, "max_seq_len");
}

static void opt(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    tr_model *model = build->model;
    const double width = tr_keys_dim_or(keys, "word_embed_proj_dim", build->hidden);
    block->positions += 2;
    if (!tr_keys_bool_or(keys, "do_layer_norm_before", 1))
        block->final_norms = 0;
    if (width < build->hidden || width > build->hidden) { /* a narrower table, with projections in and out */
        model->embedding_param = model->vocab * width;
        model->head_param = model->tied ? 0 : model->embedding_param;
        model->final_param += 2 * width * build->hidden;
    }
}

static void hunyuan(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    if (tr_keys_bool_or(keys, "use_cla", 0))
        block->share_every = tr_keys_dim(keys, "cla_share_factor");
    if (block->mixture.experts > 0) /* the shared FFN is as wide as a dense one */
        block->mixture.shared_dim =
            tr_keys_dim(keys, TR_KEY_FFN) *
            tr_keys_whole_or(keys, "num_shared_expert|num_shared_expert.0", 0, TR_KEYS_DIM_MAX, 1);
}

void tr_block_quirk(tr_build *build, tr_block *block)
{
    tr_keys *keys = &build->keys;
    switch ((tr_quirk)build->family->quirk) {
    case TR_QUIRK_NONE: break;
    case TR_QUIRK_FALCON: falcon(build, block); break;
    case TR_QUIRK_MPT: mpt(build, block); break;
    case TR_QUIRK_OPT: opt(build, block); break;
    case TR_QUIRK_HUNYUAN: hunyuan(build, block); break;
    case TR_QUIRK_BIGCODE:
        if (tr_keys_bool_or(keys, "multi_query", 1))
            block->attention.kv_heads = 1;
        break;
    case TR_QUIRK_STABLELM:
        if (tr_keys_bool_or(keys, "use_parallel_residual", 0))
            block->norms = 1;
        break;
    case TR_QUIRK_CHATGLM:
        if (!tr_keys_bool_or(keys, "multi_query_attention", 0))
            block->attention.kv_heads = block->attention.heads;
        break;
    case TR_QUIRK_QWEN1: block->dense_dim = tr_keys_dim(keys, TR_KEY_FFN) / 2; break;
    case TR_QUIRK_ARCTIC:
        if (tr_keys_bool_or(keys, "parallel_attn_mlp_res|use_residual", 1))
            block->beside_dim = build->hidden;
        break;
    case TR_QUIRK_APERTUS: block->extra = 2; break;
    case TR_QUIRK_PHI3_SMALL:
        block->sparse_local = tr_keys_dim_or(keys, "blocksparse_block_size", 64) *
                              tr_keys_dim_or(keys, "blocksparse_num_local_blocks", 16);
        block->sparse_every = tr_keys_dim_or(keys, "blocksparse_vert_stride", 8);
        block->dense_every = tr_keys_dim_or(keys, "dense_attention_every_n_layers", 2);
        tr_keys_know(keys, "blocksparse_homo_head_pattern|blocksparse_triton_kernel_block_size");
        break;
    case TR_QUIRK_GROK:
        if (tr_keys_bool_or(keys, "residual_moe", 0)) {
            block->beside_dim = tr_keys_dim(keys, TR_KEY_FFN);
            block->norms -= 1; /* a dense FFN beside brings one with it */
        }
        break;
    case TR_QUIRK_BITNET: block->extra = build->hidden + tr_keys_dim(keys, TR_KEY_FFN); break;
    case TR_QUIRK_PERSIMMON: block->attention.extra_param *= 2; break;
    case TR_QUIRK_GATED: block->attention.gate_dim = block->attention.heads * block->attention.head_dim; break;
    case TR_QUIRK_GPT_NEO: break; /* its windows: see tr_build_window */
    }
}
