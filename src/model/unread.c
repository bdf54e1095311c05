/* model/unread.c -- keys of a config that nothing read although they look as if they decided shapes.
 *
 * A config of an architecture that is not known is counted as another one that
 * is. What that one has no name for would be left out without a word: a window,
 * experts, a state. A key counts as one of these by the words in its name, if
 * it says more than no or nothing. The catalog's models have none, which a test
 * shows.
 */
#include <stdio.h>
#include <string.h>

#include "model/build.h"

static int holds_any(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, words[i]) != NULL)
            return 1;
    return 0;
}

#define HOLDS(text, words) holds_any(text, words, sizeof(words) / sizeof((words)[0]))

/* Of keys that decide what is cached, what is routed and what is a state. */
static int is_shape(const char *key)
{
    static const char *const shapes[] = {
        "window",   "layer_types", "block_type", "pattern",  "attention_chunk", "compress",    "sparse",
        "index_",   "lora_rank",   "latent",     "expert",   "moe_",            "kv_shar",     "share_kv",
        "shared_k", "mamba",       "ssm_",       "_state",   "conv_",           "linear_",     "per_layer",
        "kv_heads", "value_heads", "state_size", "key_value", "cross_",         "block_configs",
        "_rank",    "n_shared",    "lru_",       "altup",   "recurrent",       "local_attention", "global_attn",
        "state_dim", "ffn_mult",   "memory_block", "mem_block",
    };
    /* other towers, formats, rotary embeddings, training, prediction layers, and settings of a layer that do not
     * change its shape */
    static const char *const settings[] = {
        "vision",    "visual",      "audio",        "quantization",   "compression_config", "rope_",     "projector",
        "_act",      "_dtype",      "aux_loss",     "z_loss",         "jitter",    "_bias",     "softcap",
        "norm_topk", "group_score", "capacity",     "router_dtype",   "overlap",   "kernels",   "time_step",
        "feed_forward", "prefill",  "_init",        "scal",           "epsilon",   "_eps",      "drop",
        "renormalize", "expert_group", "activation", "method",        "token_id",  "_loss",     "provenance",
        "context_",  "mtp",         "hidden_states", "parallel",      "implementation",     "dropout",   "attn_impl",
        "aux_free",  "mamba_chunk", "use_mlp",      "inner_layernorm", "moe_gate",         "moe_multimodal", "moe_norm",
        "compression_ratio", "ssm_in_mult", "ssm_out_mult", "ssm_mult",
    };
    return HOLDS(key, shapes) && !HOLDS(key, settings);
}

/* No, none and nothing say nothing. */
static int says_something(const tr_value *value)
{
    const int counts = value->kind == TR_VALUE_NUMBER || value->kind == TR_VALUE_BOOL;
    return value->kind == TR_VALUE_TEXT || (counts && value->number > 0);
}

/* Length of a key up to the first number of a list item. */
static size_t stem_of(const char *key)
{
    size_t n = 0;
    while (key[n] != '\0' && !(key[n] == '.' && key[n + 1] >= '0' && key[n + 1] <= '9'))
        n++;
    return n;
}

static void name_it(tr_model *model, const char *key, size_t length)
{
    if (model->unread_count < TR_UNREAD_MAX)
        (void)snprintf(model->unread[model->unread_count], TR_UNREAD_NAME_MAX, "%.*s", (int)length, key);
    model->unread_count++;
}

/* Key number `place` below the reader's prefix, "" for one that stands elsewhere. */
static const char *key_below(const tr_keys *keys, size_t place, tr_value *value)
{
    const char *key = tr_config_at(keys->config, place, value);
    const size_t head = strlen(keys->prefix);
    return strncmp(key, keys->prefix, head) == 0 ? key + head : "";
}

void tr_build_unread(tr_build *build)
{
    const tr_keys *keys = &build->keys;
    tr_value windows;
    if (tr_keys_find(keys, "use_sliding_window", &windows) && !(windows.number > 0))
        tr_keys_know(keys, "sliding_window|max_window_layers"); /* switched off */
    const size_t count = tr_config_count(keys->config);
    for (size_t i = 0, next; i < count; i = next) {
        tr_value value;
        const char *key = key_below(keys, i, &value);
        const size_t stem = stem_of(key);
        int read = tr_keys_was_read(keys, value.place), says = says_something(&value);
        /* the items of a list stand together: one that was read, or says something, speaks for all */
        for (next = i + 1; next < count && stem > 0; next++) {
            const char *item = key_below(keys, next, &value);
            if (stem_of(item) != stem || strncmp(item, key, stem) != 0)
                break;
            read = read || tr_keys_was_read(keys, value.place);
            says = says || says_something(&value);
        }
        if (!read && says && is_shape(key))
            name_it(build->model, key, stem);
    }
}
