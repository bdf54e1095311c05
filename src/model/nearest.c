/* model/nearest.c -- the family that a config of an unknown architecture is most like: by its keys, not by its name. */
#include "model/nearest.h"

#include <string.h>

#include "base/text.h"

/* ---- what it is made of ---------------------------------------------------------- */

enum {
    LATENT = 1, STATES = 2, LINEAR = 4, EXPERTS = 8, SHORT_CONV = 16, BLOCKS = 32, PER_LAYER = 64, INDEXER = 128,
    SHORTCUT = 256, RECURRENT = 512, CROSS = 1024, HEADS = 2048
};

/* 1 if a key of the language model holds one of these parts. */
static int holds_key(const tr_keys *keys, const char *const *parts, size_t count)
{
    tr_value value;
    for (size_t i = 0; i < tr_config_count(keys->config); i++) {
        const char *key = tr_config_at(keys->config, i, &value);
        if (!tr_text_starts(key, keys->prefix) || value.kind == TR_VALUE_NULL || strstr(key, "vision") != NULL ||
            strstr(key, "audio") != NULL)
            continue;
        for (size_t k = 0; k < count; k++)
            if (strstr(key, parts[k]) != NULL)
                return 1;
    }
    return 0;
}

#define HOLDS(keys, parts) holds_key(keys, parts, sizeof(parts) / sizeof((parts)[0]))

static unsigned parts_of_config(const tr_config *config, const char *wrapper)
{
    static const char *const states[] = {"mamba", "ssm_", "state_size", "time_step_rank", "d_state"};
    static const char *const linear[] = {"linear_num_", "linear_attn", "linear_key", "kda_", "lightning",
                                         "full_attention_interval", "attn_type_list"};
    tr_keys keys;
    tr_keys_init(&keys, config, wrapper, NULL);
    const double experts = tr_keys_whole_or(&keys, TR_KEY_EXPERTS "|num_routed_experts|n_experts", 0, 1e9, 0);
    return (tr_keys_has(&keys, "kv_lora_rank") ? LATENT : 0u) | (HOLDS(&keys, states) ? STATES : 0u) |
           (HOLDS(&keys, linear) ? LINEAR : 0u) | (experts > 1 ? EXPERTS : 0u) |
           (tr_keys_has(&keys, "conv_L_cache|block_ff_dim") ? SHORT_CONV : 0u) |
           (tr_keys_has(&keys, "block_configs.0.attention.no_op|block_configs.0.ffn.no_op") ? BLOCKS : 0u) |
           (tr_keys_has(&keys, "hidden_size_per_layer_input|altup_num_inputs") ? PER_LAYER : 0u) |
           (tr_keys_has(&keys, "index_topk|index_n_heads") ? INDEXER : 0u) |
           (tr_keys_has(&keys, "zero_expert_num|expert_ffn_hidden_size") ? SHORTCUT : 0u) |
           (tr_keys_has(&keys, "lru_width") ? RECURRENT : 0u) |
           (tr_keys_has(&keys, "cross_attention_layers.0") ? CROSS : 0u) |
           (tr_keys_has(&keys, "num_query_heads.0") ? HEADS : 0u);
}

static unsigned parts_of_family(const tr_family *family)
{
    switch ((tr_builder)family->builder) {
    case TR_BUILDER_STANDARD: return family->traits & TR_MOE ? EXPERTS : 0;
    case TR_BUILDER_DEEPSEEK: return LATENT | EXPERTS | INDEXER;
    case TR_BUILDER_DEEPSEEK_V4: return EXPERTS | INDEXER;
    case TR_BUILDER_LONGCAT: return LATENT | EXPERTS | SHORTCUT;
    case TR_BUILDER_KIMI_LINEAR: return LATENT | LINEAR | EXPERTS;
    case TR_BUILDER_DELTA_NET:
    case TR_BUILDER_LIGHTNING: return LINEAR | EXPERTS;
    case TR_BUILDER_NEMOTRON_H:
    case TR_BUILDER_JAMBA:
    case TR_BUILDER_GRANITE_HYBRID: return STATES | EXPERTS;
    case TR_BUILDER_MAMBA:
    case TR_BUILDER_MAMBA2:
    case TR_BUILDER_FALCON_H1: return STATES;
    case TR_BUILDER_LFM2: return SHORT_CONV | EXPERTS;
    case TR_BUILDER_NAS: return BLOCKS;
    case TR_BUILDER_GEMMA3N: return PER_LAYER;
    case TR_BUILDER_GEMMA4: return PER_LAYER | EXPERTS;
    case TR_BUILDER_RECURRENT_GEMMA: return RECURRENT;
    case TR_BUILDER_MLLAMA: return CROSS;
    case TR_BUILDER_OPENELM: return HEADS;
    case TR_BUILDER_LLAMA4:
    case TR_BUILDER_GPT_OSS:
    case TR_BUILDER_MIMO_V2:
    case TR_BUILDER_MINIMAX_M3:
    case TR_BUILDER_STEP3:
    case TR_BUILDER_STEP3P5: return EXPERTS;
    }
    return 0;
}

static int bits(unsigned set)
{
    int count = 0;
    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

/* ---- families against each other ------------------------------------------------------ */

/* Families that stand for many: of equals, the first of these. Their count for any other, and for NULL. */
static int rank_of(const tr_family *family)
{
    static const char usual[][20] = {"llama",      "qwen3",     "qwen2",      "gemma3_text", "mixtral",
                                     "qwen3_moe",  "deepseek_v3", "qwen3_next", "nemotron_h", "falcon_h1",
                                     "granitemoehybrid", "jamba", "mamba2",   "falcon"};
    const int count = (int)(sizeof usual / sizeof usual[0]);
    for (int i = 0; i < count && family != NULL; i++)
        if (strcmp(usual[i], family->type) == 0)
            return i;
    return count;
}

enum { SLIP = 2 }; /* letters that a misspelt name differs by */

/* What speaks against a family, the weightiest first: parts of the config that it does not have; that it cannot count
 * it; shapes that it would not read; a name that is no misspelling of its own; parts that it has and the config has
 * not; keys that it does not read; how unusual it is; the distance of its name. */
enum { CRITERIA = 8 };
typedef struct unlikeness {
    double against[CRITERIA];
} unlikeness;

static int is_less(const unlikeness *a, const unlikeness *b)
{
    for (int i = 0; i < CRITERIA; i++)
        if (a->against[i] < b->against[i] || a->against[i] > b->against[i])
            return a->against[i] < b->against[i];
    return 0;
}

static unlikeness compare(tr_bench *b, const tr_config *config, const char *wrapper, const tr_family *family,
                          const char *named)
{
    const unsigned has = parts_of_config(config, wrapper), knows = parts_of_family(family);
    const double distance = (double)tr_family_distance(family, named);
    tr_bench_start(b, config, wrapper, family, NULL);
    const int is_refused = tr_bench_count(b) != TR_OK;
    double read = rank_of(family) < rank_of(NULL); /* one key more or less says little */
    for (size_t place = 1; place <= tr_config_count(config); place++)
        read += tr_keys_was_read(&b->build.keys, place);
    return (unlikeness){{bits(has & ~knows), is_refused, is_refused ? 0 : b->model.unread_count,
                         distance > SLIP ? SLIP + 1 : distance, bits(knows & ~has & ~(unsigned)INDEXER),
                         is_refused ? 0 : -read, rank_of(family), distance}};
}

const tr_family *tr_family_like(tr_bench *b, const tr_config *config, const char *wrapper, const char *named)
{
    const tr_family *best = tr_family_at(0), *family;
    unlikeness least = compare(b, config, wrapper, best, named);
    for (size_t i = 1; (family = tr_family_at(i)) != NULL; i++) {
        const unlikeness u = compare(b, config, wrapper, family, named);
        if (is_less(&u, &least)) {
            least = u;
            best = family;
        }
    }
    return best;
}
