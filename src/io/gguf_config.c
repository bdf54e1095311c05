/* io/gguf_config.c -- the metadata of a GGUF file as the keys of a config.json. */
#include "io/gguf_config.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

enum {
    BIAS = 1,         /* attention_bias: is there a bias beside the first projection? */
    QK_NORM = 2,      /* use_qk_norm: are there norms of q and k? */
    LATENT = 4,       /* MLA: heads' widths come apart into rotary and other */
    EXPERT_WIDTH = 8, /* intermediate_size is an expert's inner width */
    LLAMA4 = 16,
    DELTA_NET = 32,
    ALTERNATE = 64 /* window and full layers take turns, window first */
};

/* general.architecture, its family without and with experts, and what to look for. */
typedef struct arch {
    const char *name, *dense, *mixture;
    int looks;
} arch;

static const arch archs[] = {
    {"llama", "LlamaForCausalLM", "MixtralForCausalLM", BIAS},
    {"mistral3", "Ministral3ForCausalLM", NULL, 0},
    {"llama4", NULL, "Llama4ForCausalLM", LLAMA4},
    {"qwen2", "Qwen2ForCausalLM", NULL, 0},
    {"qwen2vl", "Qwen2VLForConditionalGeneration", NULL, 0},
    {"qwen2moe", NULL, "Qwen2MoeForCausalLM", 0},
    {"qwen3", "Qwen3ForCausalLM", NULL, BIAS},
    {"qwen3moe", NULL, "Qwen3MoeForCausalLM", BIAS},
    {"qwen3vl", "Qwen3VLForConditionalGeneration", NULL, BIAS},
    {"qwen3vlmoe", NULL, "Qwen3VLMoeForConditionalGeneration", BIAS},
    {"qwen3next", NULL, "Qwen3NextForCausalLM", DELTA_NET},
    {"qwen35", "Qwen3_5ForCausalLM", NULL, DELTA_NET},
    {"qwen35moe", NULL, "Qwen3_5MoeForCausalLM", DELTA_NET},
    {"gemma", "GemmaForCausalLM", NULL, 0},
    {"gemma2", "Gemma2ForCausalLM", NULL, 0},
    {"gemma3", "Gemma3ForCausalLM", NULL, 0},
    {"phi3", "Phi3ForCausalLM", NULL, 0},
    {"olmo2", "Olmo2ForCausalLM", NULL, 0},
    {"command-r", "CohereForCausalLM", NULL, QK_NORM},
    {"cohere2", "Cohere2ForCausalLM", NULL, 0},
    {"glm4moe", NULL, "Glm4MoeForCausalLM", BIAS | QK_NORM},
    {"deepseek2", "DeepseekV3ForCausalLM", "DeepseekV3ForCausalLM", LATENT},
    {"gpt-oss", NULL, "GptOssForCausalLM", EXPERT_WIDTH | ALTERNATE},
    {"minimax-m2", NULL, "MiniMaxM2ForCausalLM", EXPERT_WIDTH},
    {"dbrx", NULL, "DbrxForCausalLM", 0},
    {"phimoe", NULL, "PhiMoEForCausalLM", 0},
};

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
    {"ssm.conv_kernel", "linear_conv_kernel_dim"},
};

/* What one conversion works on; the first failure sticks. */
typedef struct convert {
    const tr_gguf *gguf;
    const arch *arch;
    tr_config *config;
    tr_error *err;
    tr_status status;
} convert;

static const arch *arch_of(const char *name)
{
    for (size_t i = 0; i < sizeof archs / sizeof archs[0]; i++)
        if (strcmp(archs[i].name, name) == 0)
            return &archs[i];
    return NULL;
}

static const char *arch_name(size_t index, const void *context)
{
    (void)context;
    return index < sizeof archs / sizeof archs[0] ? archs[index].name : NULL;
}

static const tr_gguf_value *find(const convert *c, const char *key)
{
    char path[192];
    (void)snprintf(path, sizeof path, "%s.%s", c->arch->name, key);
    return tr_gguf_find(c->gguf, path);
}

static void fail(convert *c, tr_status status, const char *field, double value, const char *text)
{
    if (c->status == TR_OK)
        c->status = tr_fail(c->err, status, field, value, "%.80s %s", field, text);
}

/* 1 and *out for a number above 0, or for a list whose items are all the same one. */
static int number(convert *c, const char *key, double *out)
{
    const tr_gguf_value *v = find(c, key);
    if (v == NULL || c->status != TR_OK)
        return 0;
    double value = v->number;
    if (v->kind == TR_GGUF_LIST && v->list != NULL && v->list_count > 0.0) {
        value = v->list[0];
        for (size_t i = 1; i < (size_t)v->list_count; i++)
            if (v->list[i] < value || v->list[i] > value)
                fail(c, TR_EUNKNOWN, v->key, v->list[i],
                     "differs from layer to layer; expected one number for this architecture");
    } else if (v->kind != TR_GGUF_NUMBER) {
        fail(c, TR_EPARSE, v->key, 0.0, "is not a number; expected one");
    }
    if (!(value >= 0.0 && value <= 9007199254740992.0))
        fail(c, TR_EDOMAIN, v->key, value, "is out of range; expected a whole number from 0 to 2^53");
    *out = value;
    return c->status == TR_OK && value > 0.0;
}

static void set_number(convert *c, const char *key, double value)
{
    if (c->status == TR_OK)
        c->status = tr_config_set_number(c->config, key, value, 0, c->err);
}

static void set_text(convert *c, const char *key, const char *text)
{
    if (c->status == TR_OK)
        c->status = tr_config_set_text(c->config, key, text, 0, c->err);
}

static void set_bool(convert *c, const char *key, int value)
{
    if (c->status == TR_OK)
        c->status = tr_config_set_bool(c->config, key, value, 0, c->err);
}

/* A number that must be there. */
static double need(convert *c, const char *key)
{
    double value = 0.0;
    if (!number(c, key, &value) && c->status == TR_OK)
        c->status = tr_fail(c->err, TR_EMISSING, key, 0.0,
                            "the metadata has no %s.%s, which this architecture needs", c->arch->name, key);
    return value;
}

/* A tensor whose name ends so, in any layer. */
static int has_tensor(const convert *c, const char *end)
{
    const size_t m = strlen(end);
    for (size_t i = 0; i < tr_gguf_tensor_count(c->gguf); i++) {
        const char *name = tr_gguf_tensor(c->gguf, i)->name;
        const size_t n = strlen(name);
        if (n >= m && strcmp(name + n - m, end) == 0)
            return 1;
    }
    return 0;
}

static const char *key_for(const convert *c, const char *from, const char *to)
{
    if ((c->arch->looks & LATENT) && strcmp(to, "head_dim") == 0)
        return NULL; /* it is the width of the latent, or of both parts together */
    if ((c->arch->looks & LATENT) && strcmp(to, "num_key_value_heads") == 0)
        return NULL; /* 1 where the file counts the latent as the one KV head */
    if (!(c->arch->looks & DELTA_NET) && strcmp(to, "linear_conv_kernel_dim") == 0)
        return NULL;
    if (c->arch->looks & LLAMA4) {
        if (strcmp(from, "feed_forward_length") == 0)
            return "intermediate_size_mlp";
        if (strcmp(from, "expert_feed_forward_length") == 0)
            return "intermediate_size";
    }
    if ((c->arch->looks & EXPERT_WIDTH) && strcmp(to, "intermediate_size") == 0)
        return NULL;
    if ((c->arch->looks & EXPERT_WIDTH) && strcmp(to, "moe_intermediate_size") == 0)
        return "intermediate_size";
    return to;
}

static void add_plain(convert *c)
{
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *to = key_for(c, plain[i].from, plain[i].to);
        double value = 0.0;
        if (to != NULL && number(c, plain[i].from, &value))
            set_number(c, to, value);
    }
    /* the file counts prediction layers as blocks */
    double later = 0.0;
    const double blocks = need(c, "block_count");
    (void)number(c, "nextn_predict_layers", &later);
    set_number(c, "num_hidden_layers", blocks - later);
}

static void add_vocabulary(convert *c)
{
    const tr_tensor *table = tr_gguf_tensor_find(c->gguf, "token_embd.weight");
    const tr_gguf_value *tokens = tr_gguf_find(c->gguf, "tokenizer.ggml.tokens");
    double size = 0.0;
    if (table != NULL && table->rank == 2)
        size = table->dim[1]; /* padded as stored */
    else if (!number(c, "vocab_size", &size) && tokens != NULL)
        size = tokens->list_count;
    if (size > 0.0)
        set_number(c, "vocab_size", size);
    else
        fail(c, TR_EMISSING, "token_embd.weight", 0.0,
             "is absent, and nothing else gives the size of the vocabulary");
    set_bool(c, "tie_word_embeddings", tr_gguf_tensor_find(c->gguf, "output.weight") == NULL);
}

static void add_latent(convert *c)
{
    const double rotary = need(c, "rope.dimension_count");
    double key = 0.0, value = 0.0, rank = 0.0;
    if (!number(c, "attention.key_length_mla", &key))
        key = need(c, "attention.key_length");
    if (!number(c, "attention.value_length_mla", &value))
        value = need(c, "attention.value_length");
    (void)number(c, "attention.kv_lora_rank", &rank);
    if (c->status == TR_OK && !(key > rotary))
        fail(c, TR_ECONFLICT, "attention.key_length", key, "is not above rope.dimension_count");
    set_number(c, "qk_rope_head_dim", rotary);
    set_number(c, "qk_nope_head_dim", key - rotary);
    set_number(c, "v_head_dim", value);
    if (has_tensor(c, "exp_probs_b.bias"))
        set_text(c, "topk_method", "noaux_tc");
}

static void add_delta_net(convert *c)
{
    const double value_heads = need(c, "ssm.time_step_rank");
    set_number(c, "linear_num_key_heads", need(c, "ssm.group_count"));
    set_number(c, "linear_key_head_dim", need(c, "ssm.state_size"));
    set_number(c, "linear_num_value_heads", value_heads);
    set_number(c, "linear_value_head_dim", value_heads > 0.0 ? need(c, "ssm.inner_size") / value_heads : 0.0);
}

/* Which layers see a window: as the file lists it, by a period, or in turns. */
static void add_windows(convert *c)
{
    const tr_gguf_value *pattern = find(c, "attention.sliding_window_pattern");
    const int listed = pattern != NULL && pattern->kind == TR_GGUF_LIST && pattern->list != NULL;
    double period = 0.0, layers = 0.0;
    if (pattern != NULL && pattern->kind == TR_GGUF_NUMBER &&
        number(c, "attention.sliding_window_pattern", &period))
        set_number(c, "sliding_window_pattern", period);
    if (!listed && !(c->arch->looks & ALTERNATE))
        return;
    layers = listed ? pattern->list_count : need(c, "block_count");
    for (size_t i = 0; (double)i < layers && i < TR_GGUF_LIST_MAX && c->status == TR_OK; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "layer_types.%zu", i);
        const int windowed = listed ? pattern->list[i] > 0.0 : i % 2 == 0;
        set_text(c, key, windowed ? "sliding_attention" : "full_attention");
    }
}

static void convert_all(convert *c)
{
    double experts = 0.0;
    const int mixed = number(c, "expert_count", &experts);
    const char *family = mixed ? c->arch->mixture : c->arch->dense;
    if (family == NULL && c->status == TR_OK)
        c->status = tr_fail(c->err, TR_ECONFLICT, "expert_count", experts,
                            "%s models are known only %s experts", c->arch->name, mixed ? "without" : "with");
    set_text(c, "architectures.0", family);
    set_text(c, "torch_dtype", "bfloat16");
    add_plain(c);
    add_vocabulary(c);
    if (c->arch->looks & LATENT)
        add_latent(c);
    if (c->arch->looks & DELTA_NET)
        add_delta_net(c);
    if (c->arch->looks & BIAS)
        set_bool(c, "attention_bias", has_tensor(c, "attn_q.bias") || has_tensor(c, "attn_qkv.bias"));
    if (c->arch->looks & QK_NORM)
        set_bool(c, "use_qk_norm", has_tensor(c, "attn_q_norm.weight"));
    add_windows(c);
}

tr_status tr_config_from_gguf(const tr_gguf *gguf, tr_config **out, tr_error *err)
{
    const tr_gguf_value *name = tr_gguf_find(gguf, "general.architecture");
    if (name == NULL || name->kind != TR_GGUF_TEXT || name->text[0] == '\0')
        return tr_fail(err, TR_EMISSING, "general.architecture", 0.0,
                       "the file does not say which architecture it holds");
    const arch *a = arch_of(name->text);
    if (a == NULL) {
        const char *near = tr_near_name(name->text, arch_name, NULL);
        return tr_fail(
            err, TR_EUNKNOWN, "general.architecture", 0.0,
            "the architecture '%.40s' of this GGUF file is not known%s%s; a config.json of the model works "
            "if its family is",
            name->text, near != NULL ? "; the nearest known one is " : "", near != NULL ? near : "");
    }
    convert c = {.gguf = gguf, .arch = a, .config = tr_config_create(), .err = err, .status = TR_OK};
    if (c.config == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    convert_all(&c);
    if (c.status == TR_OK)
        *out = c.config;
    else
        tr_config_destroy(c.config);
    return c.status;
}
