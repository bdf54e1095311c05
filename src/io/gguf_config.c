/* io/gguf_config.c -- the metadata of a GGUF file as the keys of a config.json. */
#include "io/gguf_config.h"

#include <string.h>

#include "base/fail.h"
#include "io/gguf_arch.h"

/* Metadata key below "<architecture>." and the config's key for the same number. */
static const struct {
    const char *from, *to;
} plain[] = {
    {"embedding_length", "hidden_size"},
    {"feed_forward_length", "intermediate_size"},
    {"context_length", "max_position_embeddings"},
    {"attention.head_count", "num_attention_heads"},
    {"attention.head_count_kv", "num_key_value_heads"},
    {"attention.key_length", "head_dim"},
    {"attention.sliding_window", "sliding_window"},
    {"expert_count", "num_experts"},
    {"expert_used_count", "num_experts_per_tok"},
    {"expert_feed_forward_length", "moe_intermediate_size"},
    {"expert_shared_feed_forward_length", "shared_expert_intermediate_size"},
    {"expert_shared_count", "n_shared_experts"},
    {"leading_dense_block_count", "first_k_dense_replace"},
    {"nextn_predict_layers", "num_nextn_predict_layers"},
    {"attention.kv_lora_rank", "kv_lora_rank"},
    {"attention.q_lora_rank", "q_lora_rank"},
    {"interleave_moe_layer_step", "interleave_moe_layer_step"},
    {"full_attention_interval", "full_attention_interval"},
    {"expert_group_count", "n_group"},
    {"expert_group_used_count", "topk_group"},
};

static const char *key_for(const tr_convert *c, const char *from, const char *to)
{
    if ((c->arch->looks & TR_LOOK_LATENT) && strcmp(to, "head_dim") == 0)
        return NULL; /* it is the width of the latent, or of both parts together */
    if ((c->arch->looks & TR_LOOK_LATENT) && strcmp(to, "num_key_value_heads") == 0)
        return NULL; /* 1 where the file counts the latent as the one KV head */
    if (c->arch->looks & TR_LOOK_LLAMA4) {
        if (strcmp(from, "feed_forward_length") == 0)
            return "intermediate_size_mlp";
        if (strcmp(from, "expert_feed_forward_length") == 0)
            return "intermediate_size";
    }
    if ((c->arch->looks & TR_LOOK_EXPERT_WIDTH) && strcmp(to, "intermediate_size") == 0)
        return NULL;
    if ((c->arch->looks & TR_LOOK_EXPERT_WIDTH) && strcmp(to, "moe_intermediate_size") == 0)
        return "intermediate_size";
    return to;
}

static void add_plain(tr_convert *c)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *to = key_for(c, plain[i].from, plain[i].to);
        if (to != NULL)
            tr_convert_take(c, plain[i].from, to);
    }
    /* the file counts prediction layers as blocks */
    tr_convert_set(c, "num_hidden_layers",
                   tr_convert_need(c, "block_count") - tr_convert_number_or(c, "nextn_predict_layers", 0.0));
}

static void add_vocabulary(tr_convert *c)
{
    const tr_tensor *table = tr_gguf_tensor_find(c->gguf, "token_embd.weight");
    const tr_gguf_value *tokens = tr_gguf_find(c->gguf, "tokenizer.ggml.tokens");
    double size = 0.0;
    if (table != NULL && table->rank == 2)
        size = table->dim[1]; /* padded as stored */
    else if (!tr_convert_number(c, "vocab_size", &size) && tokens != NULL)
        size = tokens->list_count;
    if (size > 0.0)
        tr_convert_set(c, "vocab_size", size);
    else
        tr_convert_fail(c, TR_EMISSING, "token_embd.weight", 0.0,
                        "is absent, and nothing else gives the size of the vocabulary");
    /* of a file with parts missing the head may be in one of them: the family's usual way then */
    const int has_head = tr_gguf_tensor_find(c->gguf, "output.weight") != NULL;
    if (has_head || !(tr_gguf_parts_here(c->gguf) < tr_gguf_parts(c->gguf)))
        tr_convert_set_bool(c, "tie_word_embeddings", !has_head);
}

static void add_latent(tr_convert *c)
{
    const double rotary = tr_convert_need(c, "rope.dimension_count");
    double key = 0.0, value = 0.0;
    if (!tr_convert_number(c, "attention.key_length_mla", &key))
        key = tr_convert_need(c, "attention.key_length");
    if (!tr_convert_number(c, "attention.value_length_mla", &value))
        value = tr_convert_need(c, "attention.value_length");
    if (c->status == TR_OK && !(key > rotary))
        tr_convert_fail(c, TR_ECONFLICT, "attention.key_length", key, "is not above rope.dimension_count");
    tr_convert_set(c, "qk_rope_head_dim", rotary);
    tr_convert_set(c, "qk_nope_head_dim", key - rotary);
    tr_convert_set(c, "v_head_dim", value);
    if (tr_convert_has_tensor(c, "exp_probs_b.bias"))
        tr_convert_set_text(c, "topk_method", "noaux_tc");
}

/* Which layers see a window: as the file lists it, by a period, or in turns. */
static void add_windows(tr_convert *c)
{
    const tr_gguf_value *pattern = tr_convert_find(c, "attention.sliding_window_pattern");
    const int listed = pattern != NULL && pattern->kind == TR_GGUF_LIST && pattern->list != NULL;
    if (pattern != NULL && pattern->kind == TR_GGUF_NUMBER)
        tr_convert_take(c, "attention.sliding_window_pattern", "sliding_window_pattern");
    if (!listed && !(c->arch->looks & TR_LOOK_ALTERNATE))
        return;
    const size_t layers = tr_convert_layers(c);
    for (size_t i = 0; i < layers && c->status == TR_OK; i++) {
        const int windowed = listed ? (double)i < pattern->list_count && pattern->list[i] > 0.0 : i % 2 == 0;
        tr_convert_set_item(c, "layer_types", i, windowed ? "sliding_attention" : "full_attention");
    }
}

static void convert_all(tr_convert *c)
{
    double experts = 0.0;
    const int mixed = tr_convert_number(c, "expert_count", &experts);
    const char *family = mixed ? c->arch->mixture : c->arch->dense;
    if (family == NULL && c->status == TR_OK)
        c->status = tr_fail(c->err, TR_ECONFLICT, "expert_count", experts,
                            "%s models are known only %s experts", c->arch->name, mixed ? "without" : "with");
    tr_convert_set_text(c, "architectures.0", family);
    tr_convert_set_text(c, "torch_dtype", "bfloat16");
    if (c->arch->own != NULL)
        c->arch->own(c);
    add_plain(c);
    add_vocabulary(c);
    if (c->arch->looks & TR_LOOK_LATENT)
        add_latent(c);
    if (c->arch->looks & TR_LOOK_BIAS)
        tr_convert_set_bool(c, "attention_bias",
                            tr_convert_has_tensor(c, "attn_q.bias") || tr_convert_has_tensor(c, "attn_qkv.bias"));
    if (c->arch->looks & TR_LOOK_QK_NORM)
        tr_convert_set_bool(c, "use_qk_norm", tr_convert_has_tensor(c, "attn_q_norm.weight"));
    add_windows(c);
}

static const char *arch_name(size_t index, const void *context)
{
    (void)context;
    return tr_gguf_arch_at(index) != NULL ? tr_gguf_arch_at(index)->name : NULL;
}

tr_status tr_config_from_gguf(const tr_gguf *gguf, tr_config **out, tr_error *err)
{
    const tr_gguf_value *name = tr_gguf_find(gguf, "general.architecture");
    if (name == NULL || name->kind != TR_GGUF_TEXT || name->text[0] == '\0')
        return tr_fail(err, TR_EMISSING, "general.architecture", 0.0,
                       "the file does not say which architecture it holds");
    const tr_gguf_arch *a = tr_gguf_arch_of(name->text);
    if (a == NULL) {
        const char *near = tr_near_name(name->text, arch_name, NULL);
        return tr_fail(
            err, TR_EUNKNOWN, "general.architecture", 0.0,
            "the architecture '%.40s' of this GGUF file is not known%s%s; a config.json of the model works "
            "if its family is",
            name->text, near != NULL ? "; the nearest known one is " : "", near != NULL ? near : "");
    }
    tr_convert c = {.gguf = gguf, .arch = a, .config = tr_config_create(), .err = err, .status = TR_OK};
    if (c.config == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    convert_all(&c);
    if (c.status == TR_OK)
        *out = c.config;
    else
        tr_config_destroy(c.config);
    return c.status;
}
