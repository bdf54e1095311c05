/* model/build.h -- what the builders of the families share: a model in the making, and the parts of a layer.
 *
 * A builder reads keys, describes one layer after another out of parts
 * (attention, dense FFN, mixture, ...) and adds it; equal layers fall into one
 * group with a count. Everything outside the layers is filled in by the entry
 * point before (embedding, head) and after (totals) the builder runs.
 */
#ifndef TOKENROOF_SRC_MODEL_BUILD_H
#define TOKENROOF_SRC_MODEL_BUILD_H

#include "model/family.h"
#include "model/keys.h"
#include "model/mixer.h"

/* Keys that every family spells in its own way. */
#define TR_KEY_HIDDEN "hidden_size|n_embd|d_model|n_embed|model_dim|dim"
#define TR_KEY_LAYERS "num_hidden_layers|n_layer|n_layers|num_layers|num_transformer_layers"
#define TR_KEY_HEADS "num_attention_heads|n_head|n_heads|num_heads"
#define TR_KEY_KV_HEADS                                                                                      \
    "num_key_value_heads|num_kv_heads|n_head_kv|n_kv_heads|multi_query_group_num|attn_config.kv_n_heads|"       \
    "kv_n_heads"
#define TR_KEY_HEAD_DIM "head_dim|attention_head_dim|kv_channels"
#define TR_KEY_FFN                                                                                           \
    "intermediate_size|n_inner|ffn_dim|ffn_hidden_size|ff_intermediate_size|hidden_dim|ffn_config.ffn_hidden_size"
#define TR_KEY_EXPERTS                                                                                       \
    "num_experts|n_routed_experts|num_local_experts|moe_num_experts|num_routed_experts|n_experts|"             \
    "ffn_config.moe_num_experts"
#define TR_KEY_TOP_K                                                                                         \
    "num_experts_per_tok|num_experts_per_token|experts_per_token|top_k_experts|moe_k|moe_topk|moe_topk.0|"      \
    "moe_top_k|num_experts_per_topk|num_selected_experts|n_activated_experts|ffn_config.moe_top_k"
#define TR_KEY_EXPERT_DIM "moe_intermediate_size|moe_intermediate_size.0"
#define TR_KEY_SHARED_EXPERTS "n_shared_experts|num_shared_experts|moe_num_shared_experts"
#define TR_KEY_CONTEXT                                                                                       \
    "max_position_embeddings|n_positions|seq_length|max_seq_len|max_sequence_length|model_max_length|max_context_length"

typedef struct tr_build {
    tr_keys keys;
    const tr_family *family;
    tr_model *model;
    double hidden;
    double layers;
    unsigned char dense_only[TR_STACK_MAX]; /* mlp_only_layers */
} tr_build;

/* "text_config." where a config keeps the language model's keys below one of its own, else "". */
const char *tr_model_wrapper(const tr_config *config);

/* ---- parts of a layer; each adds to a layer that starts as tr_layer_start ---- */

void tr_layer_start(tr_layer *layer);

typedef struct tr_attention {
    double heads, kv_heads, head_dim, value_dim;
    double gate_dim; /* columns of an output gate beside q, 0 = none */
    int qkv_bias, o_bias;
    int k_is_v;         /* one projection serves as key and value */
    int shared;         /* keys and values are another layer's: none projected */
    int shared_param;   /* ... but the unused projections are still in the checkpoint */
    double extra_param; /* q/k norms, sinks */
    double window;      /* rows kept, 0 = all */
    int chunk;          /* the window is an aligned chunk */
} tr_attention;
void tr_layer_attention(tr_layer *layer, double hidden, const tr_attention *attention);

/* Heads, KV heads and head size by the usual keys, checked against each other. */
void tr_build_heads(tr_build *build, tr_attention *attention);

typedef struct tr_mla {
    double heads, nope_dim, rope_dim, value_dim, q_rank, kv_rank;
    double gate_dim;                            /* output gate columns, 0 = none */
    double index_heads, index_dim, index_top_k; /* DSA; top_k 0 = dense attention */
    int index_own; /* 1: this layer has the indexer; 0: it reuses another layer's choice */
    double window; /* rows kept, 0 = all */
    int chunk;     /* the window is an aligned chunk */
} tr_mla;
void tr_layer_mla(tr_layer *layer, double hidden, const tr_mla *mla);
void tr_build_mla(tr_build *build, tr_mla *mla);

void tr_layer_dense(tr_layer *layer, double hidden, double dim, double matrices, int bias);

typedef struct tr_mixture {
    double experts, active, dim;
    double groups, groups_active; /* of the router, 0 = none */
    double in_dim;       /* 0 = hidden */
    double matrices;     /* 0 = 3 */
    double expert_extra; /* biases of one expert */
    double router_extra; /* per layer: correction bias, norms of the router */
    double shared_dim;   /* inner width of all shared experts, 0 = none */
    double shared_extra; /* gate of the shared expert, latent projections */
} tr_mixture;
void tr_layer_mixture(tr_layer *layer, double hidden, const tr_mixture *mixture);

/* Experts, top-k, expert and shared width by the usual keys, checked. Zero experts if the key is absent. */
void tr_build_mixture(tr_build *build, tr_mixture *mixture);
/* A list of layer numbers, the first layer being number `from`: marks[layer] = 1 for each, the rest
 * untouched. Returns how many items the list has. */
size_t tr_build_mark(const tr_build *build, const char *name, size_t from, unsigned char *marks);

/* 1 if layer index has a mixture by the usual keys (first_k_dense_replace, moe_layer_freq, ...). */
int tr_build_is_sparse(tr_build *build, size_t index);
/* The FFN of layer index: the mixture where there is one, else a gated dense one of the usual width. */
void tr_build_ffn(tr_build *build, size_t index, const tr_mixture *mixture, tr_layer *layer);

/* One more kind of cached row. */
void tr_layer_cache(tr_layer *layer, const tr_cache *cache);
/* The keys of DeepSeek's sparse-attention indexer, one for token_per_row tokens: FP8 with a scale, in every engine
 * and whatever the cache is in (DeepSeek-V3.2 technical report, 2025), and scored in FP8. */
void tr_layer_index(tr_layer *layer, double heads, double dim, double token_per_row);
/* A fixed state per sequence: bytes at its own dtypes, and FLOPs a token on it. */
void tr_layer_state(tr_layer *layer, tr_mixer mixer, const char *name, double state_byte, double state_flop);

/* Parameters of one layer, all parts; those of experts that a token does not meet. */
double tr_layer_param(const tr_layer *layer);
double tr_layer_idle_param(const tr_layer *layer);

/* Add one layer of the stack, in order. */
void tr_build_add(tr_build *build, const tr_layer *layer);
/* `count` layers that predict further tokens, each like this one, with so many parameters beside all of them. */
void tr_build_predict(tr_build *build, double count, const tr_layer *layer, double beside_param);
/* 1 if a list of kinds ("layer_types", "layers_block_type", "block_types", ...) says that layer index is attention over
 * rows, 0 if it is something else; fallback where there is no such list. */
int tr_build_is_attention(tr_build *build, size_t index, int fallback);
/* The kind of layer index by such a list, NULL if there is none. */
const char *tr_build_kind(tr_build *build, size_t index);
/* Window of layer index by layer_types, or by the family's rule; 0 = full. *chunk: aligned chunks. */
double tr_build_window(tr_build *build, size_t index, int *chunk);

/* ---- builders, one per kind of architecture ---------------------------------- */

void tr_build_standard(tr_build *build);
void tr_build_llama4(tr_build *build);
void tr_build_gemma4(tr_build *build);
void tr_build_gpt_oss(tr_build *build);
void tr_build_mimo_v2(tr_build *build);
void tr_build_minimax_m3(tr_build *build);
void tr_build_deepseek(tr_build *build);
void tr_build_deepseek_v4(tr_build *build);
void tr_build_delta_net(tr_build *build);
void tr_build_kimi_linear(tr_build *build);
void tr_build_lightning(tr_build *build);
void tr_build_nemotron_h(tr_build *build);
void tr_build_jamba(tr_build *build);
void tr_build_granite_hybrid(tr_build *build);
void tr_build_nas(tr_build *build);
void tr_build_gemma3n(tr_build *build);
void tr_build_mamba(tr_build *build);
void tr_build_mamba2(tr_build *build);
void tr_build_falcon_h1(tr_build *build);
void tr_build_lfm2(tr_build *build);
void tr_build_longcat(tr_build *build);
void tr_build_step3(tr_build *build);
void tr_build_step3p5(tr_build *build);
void tr_build_openelm(tr_build *build);
void tr_build_recurrent_gemma(tr_build *build);
void tr_build_mllama(tr_build *build);

/* ---- after the builder ------------------------------------------------------- */

/* Names of keys that look as if they decided shapes and that the builder never looked at, into the model. */
void tr_build_unread(tr_build *build);

/* Bytes by part, dtypes of weights and cache, from torch_dtype and quantization_config.
 * Returns the status of the build. */
tr_status tr_build_dtypes(tr_build *build);

#endif
