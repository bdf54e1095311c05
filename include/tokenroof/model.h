/* tokenroof/model.h -- what is served: an architecture, counted.
 *
 * From the keys of a Hugging Face config.json (or inline numbers) to exact
 * parameters, KV bytes and FLOPs, for every attention and mixture kind. A
 * model is a short list of distinct layers with how often each occurs, so
 * that one pass costs a few dozen terms whatever the depth.
 *
 * Counts are doubles that hold whole numbers (exact below 2^53). Functions
 * are pure unless they say that they allocate. [Mn] are entries of docs/equations.md.
 */
#ifndef TOKENROOF_MODEL_H
#define TOKENROOF_MODEL_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the keys of a config.json, flat -------------------------------------- */

/* A set of key -> value pairs in document order. Keys are paths with dots and
 * list positions: "hidden_size", "text_config.layer_types.3". Allocates; one
 * thread at a time. Limits: 65,536 entries, keys below 256 bytes, texts below 4,096. */
typedef struct tr_config tr_config;

TR_API tr_config *tr_config_create(void);              /* NULL if out of memory; free with tr_config_destroy */
TR_API void tr_config_destroy(tr_config *config);      /* NULL is fine */
/* Errors: TR_ECONFLICT (the key is set already), TR_ECAPACITY, TR_ENOMEM,
 * TR_EDOMAIN (not finite), TR_EPARSE (malformed key). line is where the key stood in
 * its file, 0 if unknown; errors about the key repeat it. Strings are copied. */
TR_API tr_status tr_config_set_number(tr_config *config, const char *key, double value, int line, tr_error *err);
TR_API tr_status tr_config_set_text(tr_config *config, const char *key, const char *value, int line, tr_error *err);
TR_API tr_status tr_config_set_bool(tr_config *config, const char *key, int value, int line, tr_error *err);
TR_API tr_status tr_config_set_null(tr_config *config, const char *key, int line, tr_error *err);

/* ---- an architecture ------------------------------------------------------- */

typedef enum tr_mixer {      /* how a layer looks at other tokens */
    TR_MIXER_NONE = 0,       /* does not (a layer that is only an FFN) */
    TR_MIXER_ATTENTION,      /* MHA, GQA, MQA: by heads and kv_heads */
    TR_MIXER_MLA,            /* latent KV, absorbed at decode */
    TR_MIXER_LINEAR,         /* linear attention, delta net: a fixed state */
    TR_MIXER_MAMBA           /* state space: a fixed state */
} tr_mixer;

typedef enum tr_cache_kind {
    TR_CACHE_KV = 0,         /* keys and values (or the MLA latent) */
    TR_CACHE_INDEX           /* keys of a sparse-attention indexer */
} tr_cache_kind;

/* One kind of cached row in a layer. With n tokens cached, a sequence stores
 *   rows = floor(n / token_per_row), at most row_cap (0: no cap)
 * rows of elem elements, and one decode step reads min(rows, read_cap) of them
 * (0: no cap; top-k of sparse attention). shared: another layer stores them. */
typedef struct tr_cache {
    tr_cache_kind kind;
    int shared;
    double elem;             /* elements a row, all KV heads */
    double token_per_row;    /* 1, or the compression ratio */
    double row_cap;          /* window or chunk length in rows, 0 = none */
    double read_cap;         /* rows a query reads at most, 0 = all stored */
    double flop_per_row;     /* decode FLOPs of one query token against one row, all heads */
    double row_byte;         /* bytes of a row whatever the KV format (an indexer's FP8 keys with their scale:
                              * 128 + 4); 0: elem x the bytes of the KV format */
    tr_dtype math;           /* what its scores multiply in; NATIVE: by the cache's format, FP8 for FP8, else BF16 */
    int wraps;               /* aligned chunks of row_cap rows: at n tokens it holds n mod row_cap, not
                              * min(n, row_cap); a full chunk is never looked at again */
} tr_cache;

#define TR_CACHE_MAX 3
#define TR_LAYER_MAX 128
#define TR_NAME_MAX 96
#define TR_WEIGHT_NAME_MAX 16

/* A distinct layer and how many there are. All *_param are of ONE layer. */
typedef struct tr_layer {
    double layer_count;
    tr_mixer mixer;
    char attention[24];      /* "full", "window", "chunk", "sparse", "mla", "mla-sparse", "compressed",
                              * "compressed-sparse", "linear", "mamba", "conv", "none" */
    double heads;            /* query heads */
    double kv_heads;
    double head_dim;         /* query/key width of a head (MLA: nope + rope) */
    double value_dim;        /* value width of a head */
    double q_rank;           /* MLA: query latent, 0 = none */
    double kv_rank;          /* MLA: KV latent, 0 = not MLA */
    double rope_dim;         /* MLA: rotary part of the key */
    double in_dim;           /* columns projected from the hidden state: q, k, v and gates; MLA: the latents */
    double out_dim;          /* rows of the output projection: heads x value_dim, or the inner width of a state layer */
    double out_rank;         /* width between two output projections, 0 = one matrix */
    double out_groups_count; /* the first of the two is block-diagonal in so many blocks */
    double state_dim;        /* recurrent: state columns per head channel (delta net: head_dim, Mamba: state size) */
    double conv_dim;         /* recurrent: channels of the short convolution */
    double conv_token;       /* recurrent: its length */
    double index_heads;      /* sparse indexer, 0 = none */
    double index_dim;
    tr_cache cache[TR_CACHE_MAX];
    int cache_count;
    double state_byte;       /* recurrent state per sequence, at its own dtypes; a decode step reads AND writes it */
    double state_flop;       /* FLOPs per token on that state */

    double mixer_param;      /* projections and their extras, indexer included */
    double norm_param;       /* norms and other vectors */
    double dense_param;      /* dense FFN, 0 if none */
    double dense_dim;        /* its inner width */
    double ffn_matrices;     /* 3 gated, 2 plain */
    double experts;          /* routed experts, 0 = no mixture */
    double experts_active;   /* per token */
    double expert_group_count;    /* even groups that the router takes experts from, 0 or 1: any expert */
    double expert_group_active_count; /* of them, that one token's experts come from */
    double expert_dim;       /* inner width of one */
    double expert_in_dim;    /* outer width (latent mixtures: below hidden) */
    double routed_param;     /* all routed experts */
    double shared_param;     /* shared experts with their gates and latent projections */
    double shared_dim;       /* inner width of all shared experts together */
    double router_param;
} tr_layer;

/* ---- what its parameters are stored in ------------------------------------- */

/* Parts of a model that checkpoints store in formats of their own. */
typedef enum tr_part {
    TR_PART_EMBEDDING = 0,   /* the input table; where it is tied, the output head too */
    TR_PART_HEAD,            /* the output table, none if tied */
    TR_PART_MIXER,           /* attention, latent, linear-attention and state-space layers: projections and extras */
    TR_PART_DENSE,           /* dense FFN */
    TR_PART_SHARED,          /* shared experts, with their gates and latent projections */
    TR_PART_ROUTED,          /* routed experts */
    TR_PART_OTHER,           /* norms, routers, biases outside layers, tables only looked up in */
    TR_PART_COUNT
} tr_part;

typedef struct tr_part_format {
    double byte;             /* a parameter as stored, block scales counted: the average over the part */
    tr_dtype dtype;          /* of its elements (of most of them): decides what its multiplies run in */
} tr_part_format;

/* A part without parameters has the format that its kind would be stored in. */
typedef struct tr_weights {
    tr_part_format part[TR_PART_COUNT];
} tr_weights;

/* Who says in which format the cache is to be kept: engines differ in whom they believe. */
typedef enum tr_kv_directive {
    TR_KV_DIRECTIVE_NONE = 0,
    TR_KV_DIRECTIVE_SCHEME,  /* kv_cache_scheme, of compressed-tensors */
    TR_KV_DIRECTIVE_ALGO     /* kv_cache_quant_algo, of ModelOpt */
} tr_kv_directive;

#define TR_STACK_MAX 1024
#define TR_UNREAD_MAX 4
#define TR_UNREAD_NAME_MAX 48

typedef struct tr_model tr_model;
struct tr_model {
    char name[TR_NAME_MAX + 48];     /* with what was changed: "deepseek-v3,layers=30" */
    char hf_id[TR_NAME_MAX];
    char family[TR_NAME_MAX];        /* the `architectures` value, or "inline" */
    char source[256];                /* where the numbers come from, with date */
    tr_layer layer[TR_LAYER_MAX];
    int layer_kinds;
    unsigned char stack[TR_STACK_MAX]; /* from the input on, which of layer[] each block is */
    int stack_count;                 /* the sum of layer_count */
    double layers;                   /* as its config counts them: one with two mixers stands as two blocks above */
    double hidden;
    double vocab;
    double max_context_token;        /* 0 = not stated */
    int tied;                        /* input table is the output head */

    double total_param;              /* main stack with embedding and head, a tied table once; no MTP, no vision  [M1] */
    double active_param;             /* total less the routed experts a token does not use, embedding counted  [M2] */
    double embedding_param;          /* the input table */
    double head_param;               /* the output table, 0 if tied */
    double final_param;              /* parameters outside layers, embedding, head and lookup tables */
    double lookup_param;             /* tables only looked up in beside the embedding: positions, per-layer embeddings */
    double mtp_layers;               /* multi-token-prediction layers, beyond layers */
    double mtp_param;                /* all of them together, beyond total_param; embedding and head are the model's own */
    double mtp_active_param;         /* of these, what one token passes through */
    double mtp_routed_param;         /* of these, their routed experts, as many and as active as in the main stack */
    tr_layer mtp_layer;              /* what each of them is, beside its projection of two joined states; layer_count: how many */
    double routed_param;             /* all layers */
    double multiply_param;           /* parameters that multiply a token: active less lookup tables and an untied input table  [M3] */
    double stream_param;             /* parameters a large batch reads: total less lookup tables and an untied input table  [M4] */

    tr_dtype weight_dtype;           /* of most parameters, as published */
    char weight_name[TR_WEIGHT_NAME_MAX]; /* of a file that mixes formats, or of a name that says one: "Q4_K_M"; else "" */
    tr_weights weight;               /* by part, as published */
    tr_dtype kv_dtype;               /* native cache dtype: what the checkpoint says, BF16 where it says nothing */
    tr_dtype checkpoint_kv_dtype;    /* what the checkpoint says, NATIVE if nothing; who heeds it is up to the engine */
    tr_kv_directive checkpoint_kv;   /* where it says so */
    double weight_total_byte;        /* exact, from safetensors index or header; 0 = computed from weight */
    double state_byte_per_seq;       /* recurrent state, all layers; a decode step reads it and writes it back */
    double kv_byte_per_token;        /* inline models only, which have no layers: taken as given, whatever the dtype */

    char unread[TR_UNREAD_MAX][TR_UNREAD_NAME_MAX]; /* keys of the config that look as if they decided shapes and that
                                      * its family does not know: counted as if they were not there */
    int unread_count;                /* all of them; the first TR_UNREAD_MAX are named */
    const tr_model *draft_model;     /* a smaller one that drafts for it, the caller's; NULL: none was named */
    char note[288];                  /* how a name was understood that is not the catalog's own; "" = as it stands */
};

/* Count the architecture in config. family NULL: take `architectures` (or
 * model_type); otherwise treat it as that family ("--as"). On error *out is
 * untouched and err names the key, its line, and what was expected; for an
 * unknown architecture the text names it and the nearest known one.
 * Allocates and frees. Errors: TR_EUNKNOWN, TR_EMISSING, TR_EDOMAIN (negative, fractional, absurd), TR_ECONFLICT,
 * TR_ENOMEM. */
TR_API tr_status tr_model_from_config(const tr_config *config, const char *family, tr_model *out, tr_error *err);

/* A model given as plain numbers: total and active parameters, KV bytes per token, bytes a
 * weight. No layers, no experts: every pass reads all weights, and active and
 * total are taken literally (multiply = active, stream = total).
 * Errors: TR_EDOMAIN; TR_ECONFLICT if active > total. */
typedef struct tr_model_numbers {
    double total_param;              /* > 0 */
    double active_param;             /* > 0, <= total_param; 0 means total_param */
    double kv_byte_per_token;        /* >= 0, at whatever dtype: taken as given */
    double weight_byte;              /* > 0 */
} tr_model_numbers;
TR_API tr_status tr_model_from_numbers(const tr_model_numbers *numbers, tr_model *out, tr_error *err);

/* Families tr_model_from_config knows, index 0 .. count-1. NULL past the end. */
TR_API const char *tr_model_family(size_t index);

/* ---- what a context costs -------------------------------------------------- */

/* Bytes at kv_byte per element (<= 0 or NaN: the model's own dtype). context_token >= 0.  [M5] */
TR_API double tr_model_kv_store_byte(const tr_model *model, double context_token, double kv_byte);  /* kept per sequence, state not counted */
TR_API double tr_model_kv_read_byte(const tr_model *model, double context_token, double kv_byte);   /* read per sequence and decode step, state included  [M6] */
TR_API double tr_model_kv_byte_per_token(const tr_model *model, double kv_byte);                    /* added by one more token of a long context  [M7] */
/* FLOPs of attention scores and values (not projections) for one new token
 * of one sequence with context_token cached, indexer and state included.  [M8] */
TR_API double tr_model_attention_flop(const tr_model *model, double context_token);
/* The same for a prefill chunk of query_token on context_token cached, causal, MLA not absorbed.  [M9] */
TR_API double tr_model_prefill_attention_flop(const tr_model *model, double context_token, double query_token);
/* Average bytes a stored parameter: all of weight_total_byte, or by part.  [M10] */
TR_API double tr_model_weight_byte(const tr_model *model);

/* ---- the same model in another format --------------------------------------- */

/* 0 is native: as published. The others index a table of names: formats of checkpoints ("fp8") and mixes of
 * GGUF files ("q4_k_m"). */
typedef int tr_weight_format;
enum {
    TR_WEIGHT_FORMAT_NATIVE = 0,
    TR_WEIGHT_FORMAT_FP32,
    TR_WEIGHT_FORMAT_BF16,
    TR_WEIGHT_FORMAT_FP8,
    TR_WEIGHT_FORMAT_INT8,
    TR_WEIGHT_FORMAT_FP4,
    TR_WEIGHT_FORMAT_INT4,
    TR_WEIGHT_FORMAT_MXFP4
};
TR_API const char *tr_weight_format_name(tr_weight_format format);   /* "native", "fp8", "int4", "q4_k_m"; NULL past the end */
/* In any case; also the spellings of tr_dtype_parse ("fp16", "nvfp4"), and llama.cpp's q3_k, q4_k, q5_k. Errors: TR_EUNKNOWN with a near name. */
TR_API tr_status tr_weight_format_parse(const char *text, tr_weight_format *out, tr_error *err);

/* How this model is stored in a format, by the convention of checkpoints in it [M11]:
 *   native          as published; so is a format that the checkpoint itself is published in
 *   fp32, bf16      every parameter
 *   fp8, int8       mixers, dense FFN and experts at 1 byte with a 4-byte scale for each block of 128 x 128;
 *                   embedding, head, norms and routers in BF16
 *   fp4             the same parts as NVFP4: half a byte with a byte of scale for 16 (its one float a tensor is not
 *                   counted); latent attention (MLA) in FP8
 *   mxfp4           the same with a byte of scale for 32, as the OCP format has it
 *   int4            the same parts at half a byte, a 2-byte scale and a 4-bit zero point for 128
 *   q2_k .. q8_0    tensor by tensor as llama.cpp's quantiser chooses, each part's byte the exact total of its
 *                   tensors over its parameters
 * A model of plain numbers has no parts: every parameter at the payload's bytes, and no GGUF mix.
 * Errors: TR_EMISSING; TR_EDOMAIN (no such format); TR_ECONFLICT (a GGUF mix of a model of plain numbers). */
TR_API tr_status tr_model_weights(const tr_model *model, tr_weight_format format, tr_weights *out, tr_error *err);

/* ---- the catalog compiled in ----------------------------------------------- */

TR_API size_t tr_model_catalog_count(void);
TR_API const char *tr_model_catalog_name(size_t index);   /* NULL past the end; sorted by name */
/* By catalog name, HF id or alias, case-insensitive; or by an id of somebody who packed the model again
 * ("unsloth/DeepSeek-R1-GGUF", "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", "Qwen/Qwen3-32B-AWQ"). What such a name
 * says about the format is in the result: weight, weight_dtype, and source says so. A bare "-GGUF" says none. Any
 * spelling does ("llama3.1:8b", "Meta-Llama-3.1-8B-Instruct-AWQ"); the model's note tells what it was read as.
 *
 * Changes may follow, "deepseek-v3,layers=30,experts=0.5x": layers, hidden, heads, kv_heads, head_dim, ffn, experts,
 * active_experts (a token's), expert_ffn, shared_experts, dense_layers, kv_rank, q_rank, window, vocab, context, or a
 * key of the model's config.json; a value, or a factor of what is there. The keys are changed before the model is
 * counted. More or fewer layers: lists and patterns with an item a layer are cut, or go on from their beginning.
 * Errors: TR_EUNKNOWN with a "did you mean" (a name or a change), TR_EPARSE (a change), TR_ECONFLICT (a change twice,
 * one that changes nothing, keys that contradict each other), TR_EMISSING (a factor of what is not stated), TR_EDOMAIN,
 * TR_ECAPACITY. Allocates and frees. */
TR_API tr_status tr_model_catalog_get(const char *name, tr_model *out, tr_error *err);
/* What a name says: which model of the catalog, and in which format, TR_WEIGHT_FORMAT_NATIVE if the name is the
 * model's own or says none. Errors: TR_EMISSING, TR_EUNKNOWN. Pure. */
TR_API tr_status tr_model_catalog_find_format(const char *name, size_t *index, tr_weight_format *format, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_MODEL_H */
