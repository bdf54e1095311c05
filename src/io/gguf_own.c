/* io/gguf_own.c -- what only one architecture's metadata says: hybrids, latent heads, indexers, uneven layers.
 *
 * Keys and what they mean: ggml-org/llama.cpp, conversion/ and gguf-py/gguf/constants.py (2026-08).
 */
#include "io/gguf_own.h"

#include <stdio.h>
#include <string.h>

#define KV_HEADS "attention.head_count_kv"

/* ---- state-space layers ------------------------------------------------------ */

/* Heads, groups, state and width of Mamba-2 layers, under the keys that a family has for them. */
static void mamba2_keys(tr_convert *c, const char *heads, const char *head_dim, const char *groups, const char *state,
                        const char *kernel)
{
    const double count = tr_convert_need(c, "ssm.time_step_rank"), inner = tr_convert_need(c, "ssm.inner_size");
    tr_convert_set(c, heads, count);
    if (head_dim != NULL && count > 0.0)
        tr_convert_set(c, head_dim, inner / count);
    tr_convert_set(c, groups, tr_convert_need(c, "ssm.group_count"));
    tr_convert_set(c, state, tr_convert_need(c, "ssm.state_size"));
    tr_convert_set(c, kernel, tr_convert_need(c, "ssm.conv_kernel"));
}

/* Layers that have KV heads are attention, the others what the family calls them. */
static void layer_kinds(tr_convert *c, const char *other)
{
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; i < layers && c->status == TR_OK; i++)
        tr_convert_set_item(c, "layer_types", i,
                            tr_convert_item(c, KV_HEADS, i) > 0.0 ? "full_attention" : other);
}

/* Inner width as a multiple of the hidden one. */
static void expand_key(tr_convert *c, const char *key)
{
    const double hidden = tr_convert_need(c, "embedding_length"), inner = tr_convert_need(c, "ssm.inner_size");
    if (hidden > 0.0)
        tr_convert_set(c, key, inner / hidden);
}

void tr_own_delta_net(tr_convert *c)
{
    const double value_heads = tr_convert_need(c, "ssm.time_step_rank");
    tr_convert_set(c, "linear_num_key_heads", tr_convert_need(c, "ssm.group_count"));
    tr_convert_set(c, "linear_key_head_dim", tr_convert_need(c, "ssm.state_size"));
    tr_convert_set(c, "linear_num_value_heads", value_heads);
    tr_convert_set(c, "linear_value_head_dim",
                   value_heads > 0.0 ? tr_convert_need(c, "ssm.inner_size") / value_heads : 0.0);
    tr_convert_take(c, "ssm.conv_kernel", "linear_conv_kernel_dim");
}

/* One mixer a block: attention where there are KV heads, an FFN or a mixture where there is an inner width. */
void tr_own_nemotron_h(tr_convert *c)
{
    char pattern[TR_GGUF_LIST_MAX + 1];
    const size_t layers = tr_convert_layers(c);
    const char ffn = tr_convert_number_or(c, "expert_count", 0.0) > 0.0 ? 'E' : '-';
    for (size_t i = 0; i < layers; i++)
        pattern[i] = tr_convert_item(c, KV_HEADS, i) > 0.0              ? '*'
                     : tr_convert_item(c, "feed_forward_length", i) > 0.0 ? ffn
                                                                         : 'M';
    pattern[layers] = '\0';
    tr_convert_set_text(c, "hybrid_override_pattern", pattern);
    mamba2_keys(c, "mamba_num_heads", "mamba_head_dim", "n_groups", "ssm_state_size", "conv_kernel");
    tr_convert_take(c, "expert_shared_feed_forward_length", "moe_shared_expert_intermediate_size");
    tr_convert_take(c, "moe_latent_size", "moe_latent_size");
}

/* Which layers are a mixture is told by their routers: a first one, and every so many. */
void tr_own_jamba(tr_convert *c)
{
    const size_t layers = tr_convert_layers(c);
    double place[2] = {1.0, 3.0};
    int found = 0;
    for (size_t i = 0; i < layers && found < 2; i++)
        if (tr_convert_tensor(c, i, "ffn_gate_inp.weight") != NULL)
            place[found++] = (double)i;
    tr_convert_set(c, "expert_layer_offset", place[0]);
    tr_convert_set(c, "expert_layer_period", found == 1 ? (double)layers : place[1] - place[0]);
    layer_kinds(c, "mamba");
    expand_key(c, "mamba_expand");
    tr_convert_set(c, "mamba_d_state", tr_convert_need(c, "ssm.state_size"));
    tr_convert_set(c, "mamba_dt_rank", tr_convert_need(c, "ssm.time_step_rank"));
    tr_convert_set(c, "mamba_d_conv", tr_convert_need(c, "ssm.conv_kernel"));
}

void tr_own_granite_hybrid(tr_convert *c)
{
    layer_kinds(c, "mamba");
    mamba2_keys(c, "mamba_n_heads", NULL, "mamba_n_groups", "mamba_d_state", "mamba_d_conv");
    expand_key(c, "mamba_expand");
    tr_convert_take(c, "expert_shared_feed_forward_length", "shared_intermediate_size");
}

void tr_own_falcon_h1(tr_convert *c)
{
    mamba2_keys(c, "mamba_n_heads", NULL, "mamba_n_groups", "mamba_d_state", "mamba_d_conv");
    tr_convert_take(c, "ssm.inner_size", "mamba_d_ssm");
    tr_convert_set_bool(c, "mamba_rms_norm", tr_convert_has_tensor(c, "ssm_norm.weight"));
}

/* Gated short convolutions; the FFN's width is stated as it is. */
void tr_own_lfm2(tr_convert *c)
{
    layer_kinds(c, "conv");
    tr_convert_take(c, "shortconv.l_cache", "conv_L_cache");
    tr_convert_set_bool(c, "block_auto_adjust_ff_dim", 0);
}

void tr_own_mamba(tr_convert *c)
{
    tr_convert_take(c, "ssm.inner_size", "intermediate_size");
    tr_convert_take(c, "ssm.state_size", "state_size");
    tr_convert_take(c, "ssm.time_step_rank", "time_step_rank");
    tr_convert_take(c, "ssm.conv_kernel", "conv_kernel");
}

void tr_own_mamba2(tr_convert *c)
{
    mamba2_keys(c, "num_heads", "head_dim", "n_groups", "state_size", "conv_kernel");
}

/* Full layers are counted from 1; gates are told by their tensors. */
void tr_own_kimi_linear(tr_convert *c)
{
    const size_t layers = tr_convert_layers(c);
    size_t full = 0;
    for (size_t i = 0; i < layers && c->status == TR_OK; i++)
        if (tr_convert_item(c, KV_HEADS, i) > 0.0)
            tr_convert_set_at(c, "linear_attn_config.full_attn_layers", full++, (double)i + 1.0);
    tr_convert_set(c, "linear_attn_config.num_heads", tr_convert_need(c, "attention.head_count"));
    tr_convert_set(c, "linear_attn_config.head_dim", tr_convert_need(c, "kda.head_dim"));
    tr_convert_set(c, "linear_attn_config.short_conv_kernel_size", tr_convert_need(c, "ssm.conv_kernel"));
    if (tr_convert_has_tensor(c, ".ssm_g.weight"))
        tr_convert_set_bool(c, "linear_attn_config.use_full_rank_gate", 1);
    if (tr_convert_has_tensor(c, ".attn_gate.weight"))
        tr_convert_set_bool(c, "mla_use_output_gate", 1);
    tr_convert_take(c, "expert_latent_length", "routed_expert_hidden_size");
    if (tr_convert_find(c, "expert_latent_length") != NULL)
        tr_convert_set_bool(c, "latent_moe_use_norm", 1);
}

/* ---- Gemma ------------------------------------------------------------------ */

/* The inner widths as a list where they differ; a table of small embeddings; layers that share their caches. */
static void gemma_keys(tr_convert *c)
{
    const tr_gguf_value *widths = tr_convert_find(c, "feed_forward_length");
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; widths != NULL && widths->kind == TR_GGUF_LIST && i < layers && c->status == TR_OK; i++) {
        tr_convert_set_at(c, "intermediate_size", i, tr_convert_item(c, "feed_forward_length", i));
    }
    tr_convert_set(c, "hidden_size_per_layer_input",
                   tr_convert_number_or(c, "embedding_length_per_layer_input", 0.0));
    const tr_tensor *table = tr_gguf_tensor_find(c->gguf, "per_layer_token_embd.weight");
    if (table != NULL && table->rank == 2)
        tr_convert_set(c, "vocab_size_per_layer_input", table->dim[1]);
    tr_convert_set(c, "num_kv_shared_layers", tr_convert_number_or(c, "attention.shared_kv_layers", 0.0));
}

void tr_own_gemma3n(tr_convert *c)
{
    gemma_keys(c);
    tr_convert_take(c, "altup.num_inputs", "altup_num_inputs");
}

/* Full layers have wider heads, fewer of them for keys, and may take their keys for values too. */
void tr_own_gemma4(tr_convert *c)
{
    const size_t layers = tr_convert_layers(c);
    double windowed = 0.0, full = 0.0;
    int is_value = 0, is_full = 0;
    gemma_keys(c);
    for (size_t i = 0; i < layers; i++) {
        const int local = tr_convert_item(c, "attention.sliding_window_pattern", i) > 0.0;
        const double heads = tr_convert_item(c, KV_HEADS, i);
        windowed = local && !(windowed > 0.0) ? heads : windowed;
        full = !local && !(full > 0.0) ? heads : full;
        is_full += !local && tr_convert_tensor(c, i, "attn_k.weight") != NULL;
        is_value += !local && tr_convert_tensor(c, i, "attn_v.weight") != NULL;
    }
    tr_convert_set(c, "num_key_value_heads", windowed > 0.0 ? windowed : full);
    tr_convert_set(c, "num_global_key_value_heads", full > 0.0 ? full : windowed);
    tr_convert_take(c, "attention.key_length_swa", "head_dim");
    tr_convert_take(c, "attention.key_length", "global_head_dim");
    tr_convert_set_bool(c, "attention_k_eq_v", is_full > 0 && is_value == 0);
    if (tr_convert_number_or(c, "expert_count", 0.0) > 0.0)
        tr_convert_set_bool(c, "enable_moe_block", 1);
}

/* ---- uneven stacks ---------------------------------------------------------- */

static void set_block(tr_convert *c, size_t layer, const char *rest, double value)
{
    char key[96];
    (void)snprintf(key, sizeof key, "block_configs.%zu.%s", layer, rest);
    tr_convert_set(c, key, value);
}

static void set_block_bool(tr_convert *c, size_t layer, const char *rest, int value)
{
    char key[96];
    (void)snprintf(key, sizeof key, "block_configs.%zu.%s", layer, rest);
    tr_convert_set_bool(c, key, value);
}

void tr_own_deci(tr_convert *c)
{
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; i < layers && c->status == TR_OK; i++) {
        const double heads = tr_convert_item(c, "attention.head_count", i), kv = tr_convert_item(c, KV_HEADS, i);
        const double width = tr_convert_item(c, "feed_forward_length", i);
        set_block_bool(c, i, "attention.no_op", !(heads > 0.0));
        set_block_bool(c, i, "attention.replace_with_linear", heads > 0.0 && !(kv > 0.0));
        if (kv > 0.0)
            set_block(c, i, "attention.n_heads_in_group", heads / kv);
        set_block_bool(c, i, "ffn.no_op", !(width > 0.0));
        if (width > 0.0)
            set_block(c, i, "ffn.intermediate_size", width);
    }
    tr_convert_take(c, "attention.head_count", "num_key_value_heads"); /* each block states its own */
}

/* Window layers have KV heads of their own; values are narrower than keys. */
void tr_own_mimo2(tr_convert *c)
{
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; i < layers && c->status == TR_OK; i++) {
        const int local = tr_convert_item(c, "attention.sliding_window_pattern", i) > 0.0;
        tr_convert_set_at(c, "hybrid_layer_pattern", i, local);
        tr_convert_set(c, local ? "swa_num_key_value_heads" : "num_key_value_heads", tr_convert_item(c, KV_HEADS, i));
    }
    tr_convert_take(c, "attention.value_length", "v_head_dim");
}

/* ---- sparse attention --------------------------------------------------------- */

void tr_own_indexer(tr_convert *c)
{
    const tr_gguf_value *types = tr_convert_find(c, "attention.indexer.types");
    const size_t layers = tr_convert_layers(c);
    tr_convert_set(c, "index_n_heads", tr_convert_need(c, "attention.indexer.head_count"));
    tr_convert_set(c, "index_head_dim", tr_convert_need(c, "attention.indexer.key_length"));
    tr_convert_set(c, "index_topk", tr_convert_need(c, "attention.indexer.top_k"));
    for (size_t i = 0; types != NULL && i < layers && c->status == TR_OK; i++)
        tr_convert_set_item(c, "indexer_types", i,
                            tr_convert_item(c, "attention.indexer.types", i) > 0.0 ? "full" : "shared");
}

void tr_own_deepseek4(tr_convert *c)
{
    static const char *const keys[][2] = {
        {"attention.q_lora_rank", "q_lora_rank"},           {"attention.output_lora_rank", "o_lora_rank"},
        {"attention.output_group_count", "o_groups"},       {"attention.indexer.head_count", "index_n_heads"},
        {"attention.indexer.key_length", "index_head_dim"}, {"attention.indexer.top_k", "index_topk"},
        {"hyper_connection.count", "hc_mult"},              {"hash_layer_count", "num_hash_layers"},
        {"rope.dimension_count", "qk_rope_head_dim"},
    };
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        tr_convert_take(c, keys[i][0], keys[i][1]);
    for (size_t i = 0; i < layers && c->status == TR_OK; i++) {
        tr_convert_set_at(c, "compress_ratios", i, tr_convert_item(c, "attention.compress_ratios", i));
    }
}

/* Blocks of rows are picked where a layer has an indexer; dense layers have a width of their own. */
void tr_own_minimax_m3(tr_convert *c)
{
    const double dense = tr_convert_number_or(c, "leading_dense_block_count", 0.0);
    const size_t layers = tr_convert_layers(c);
    const tr_tensor *first = tr_convert_tensor(c, 0, "ffn_up.weight");
    const int listed = tr_convert_has_tensor(c, ".indexer.k_proj.weight");
    for (size_t i = 0; i < layers && c->status == TR_OK; i++) {
        const int picks = listed ? tr_convert_tensor(c, i, "indexer.k_proj.weight") != NULL : (double)i >= dense;
        tr_convert_set_at(c, "sparse_attention_config.sparse_attention_freq", i, picks);
        tr_convert_set_at(c, "moe_layer_freq", i, (double)i >= dense);
    }
    if (first != NULL && first->rank == 2)
        tr_convert_set(c, "dense_intermediate_size", first->dim[1]);
    tr_convert_take(c, "feed_forward_length", "dense_intermediate_size");
    tr_convert_take(c, "attention.indexer.head_count", "sparse_attention_config.sparse_num_index_heads");
    tr_convert_take(c, "attention.indexer.key_length", "sparse_attention_config.sparse_index_dim");
    tr_convert_take(c, "attention.indexer.top_k", "sparse_attention_config.sparse_topk_blocks");
    tr_convert_take(c, "attention.indexer.block_size", "sparse_attention_config.sparse_block_size");
}

/* ---- small differences --------------------------------------------------------- */

/* Several KV heads came with the second design, which has two norms side by side. */
void tr_own_falcon(tr_convert *c)
{
    tr_convert_set_bool(c, "new_decoder_architecture", tr_convert_number_or(c, KV_HEADS, 1.0) > 1.0);
    tr_convert_set_bool(c, "parallel_attn", 1);
    tr_convert_set(c, "num_ln_in_parallel_attn", tr_convert_has_tensor(c, "attn_norm_2.weight") ? 2.0 : 1.0);
}

void tr_own_chatglm(tr_convert *c) { tr_convert_set_bool(c, "multi_query_attention", 1); }
