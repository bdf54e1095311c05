/* model/count.c -- from keys and a family to a counted model: run its builder, add up. */
#include "model/count.h"

#include <stdio.h>
#include <string.h>

static void run_builder(tr_build *build)
{
    switch ((tr_builder)build->family->builder) {
    case TR_BUILDER_STANDARD: tr_build_standard(build); break;
    case TR_BUILDER_LLAMA4: tr_build_llama4(build); break;
    case TR_BUILDER_GEMMA4: tr_build_gemma4(build); break;
    case TR_BUILDER_GPT_OSS: tr_build_gpt_oss(build); break;
    case TR_BUILDER_MIMO_V2: tr_build_mimo_v2(build); break;
    case TR_BUILDER_MINIMAX_M3: tr_build_minimax_m3(build); break;
    case TR_BUILDER_DEEPSEEK: tr_build_deepseek(build); break;
    case TR_BUILDER_DEEPSEEK_V4: tr_build_deepseek_v4(build); break;
    case TR_BUILDER_DELTA_NET: tr_build_delta_net(build); break;
    case TR_BUILDER_KIMI_LINEAR: tr_build_kimi_linear(build); break;
    case TR_BUILDER_LIGHTNING: tr_build_lightning(build); break;
    case TR_BUILDER_NEMOTRON_H: tr_build_nemotron_h(build); break;
    case TR_BUILDER_JAMBA: tr_build_jamba(build); break;
    case TR_BUILDER_GRANITE_HYBRID: tr_build_granite_hybrid(build); break;
    case TR_BUILDER_NAS: tr_build_nas(build); break;
    case TR_BUILDER_GEMMA3N: tr_build_gemma3n(build); break;
    case TR_BUILDER_MAMBA: tr_build_mamba(build); break;
    case TR_BUILDER_MAMBA2: tr_build_mamba2(build); break;
    case TR_BUILDER_FALCON_H1: tr_build_falcon_h1(build); break;
    case TR_BUILDER_LFM2: tr_build_lfm2(build); break;
    case TR_BUILDER_LONGCAT: tr_build_longcat(build); break;
    case TR_BUILDER_STEP3: tr_build_step3(build); break;
    case TR_BUILDER_STEP3P5: tr_build_step3p5(build); break;
    case TR_BUILDER_OPENELM: tr_build_openelm(build); break;
    case TR_BUILDER_RECURRENT_GEMMA: tr_build_recurrent_gemma(build); break;
    case TR_BUILDER_MLLAMA: tr_build_mllama(build); break;
    }
}

static double idle_of(const tr_layer *layer, void *context)
{
    (void)context;
    return tr_layer_idle_param(layer);
}

static double param_of(const tr_layer *layer, void *context)
{
    (void)context;
    return tr_layer_param(layer);
}

static double routed_of(const tr_layer *layer, void *context)
{
    (void)context;
    return layer->routed_param;
}

static double state_of(const tr_layer *layer, void *context)
{
    (void)context;
    return layer->state_byte;
}

/* [M1] [M2] [M3] [M4] Sums over groups; every term is a whole number below 2^53, so the order does not
 * matter. */
static void add_up(tr_model *model)
{
    const double looked_up = model->lookup_param + (model->tied ? 0 : model->embedding_param);
    model->routed_param = tr_model_sum(model, routed_of, NULL);
    model->state_byte_per_seq = tr_model_sum(model, state_of, NULL);
    model->total_param = tr_model_sum(model, param_of, NULL) + model->embedding_param + model->head_param +
                         model->final_param + model->lookup_param;
    model->active_param = model->total_param - tr_model_sum(model, idle_of, NULL);
    model->multiply_param = model->active_param - looked_up;
    model->stream_param = model->total_param - looked_up;
}

/* Lists with an item for each layer. */
static const char lists[][24] = {"layer_types",      "mlp_layer_types",     "indexer_types",
                                 "compress_ratios",  "attn_type_list",      "moe_layer_freq",
                                 "no_rope_layers",   "layers_block",        "layers_block_type",
                                 "attention_layers", "hybrid_layer_pattern"};
enum { LISTS = sizeof lists / sizeof lists[0] };

/* They have one for each layer, or a few more for the layers that predict ahead. */
static void check_lists(tr_build *build)
{
    tr_keys *keys = &build->keys;
    unsigned char *const read = keys->read;
    keys->read = NULL; /* a list of the right length is not one that its family knows */
    const double ahead = tr_keys_whole_or(keys, "num_nextn_predict_layers|mtp_num_hidden_layers", 0, 64, 0);
    for (size_t i = 0; i < LISTS; i++)
        tr_keys_list_expect(keys, lists[i], build->layers, build->layers + ahead, "layers");
    keys->read = read;
}

/* Blocks of a list whose items are objects: DeciLM's. */
static size_t blocks_of(const tr_keys *keys)
{
    size_t count = 0;
    for (char names[96]; count < TR_STACK_MAX; count++) {
        (void)snprintf(names, sizeof names, "block_configs.%zu.attention.no_op|block_configs.%zu.ffn.no_op", count,
                       count);
        if (!tr_keys_has(keys, names))
            break;
    }
    return count;
}

/* As many layers as a pattern has letters, or the first of such lists has items; 0: nothing tells. */
static double told_layers(const tr_keys *stated)
{
    /* which may be short patterns that repeat, elsewhere, or stand for one number: after all others */
    static const char more[][24] = {"block_types",     "layer_block_types", "is_moe_layer", "intermediate_size",
                                    "num_query_heads", "ffn_multipliers"};
    tr_keys keys = *stated;
    tr_value pattern;
    keys.read = NULL; /* a list of the right length is not one that its family knows */
    keys.defaults = NULL;
    if (tr_keys_find(&keys, "hybrid_override_pattern", &pattern) && pattern.kind == TR_VALUE_TEXT)
        return (double)strlen(pattern.text);
    double count = 0;
    for (size_t i = 0; !(count > 0) && i < LISTS; i++)
        count = (double)tr_keys_list_length(&keys, lists[i]);
    if (count > 0 && count == (double)tr_keys_list_length(&keys, "compress_ratios")) /* DeepSeek V4: with those ahead */
        count -= tr_keys_whole_or(&keys, "num_nextn_predict_layers", 0, 64, 0);
    if (!(count > 0))
        count = (double)blocks_of(&keys);
    const size_t linear = tr_keys_list_length(&keys, "linear_attn_config.kda_layers"); /* the others are in their own */
    if (!(count > 0) && linear > 0)
        count = (double)(linear + tr_keys_list_length(&keys, "linear_attn_config.full_attn_layers"));
    for (size_t i = 0; !(count > 0) && i < sizeof more / sizeof more[0]; i++)
        count = (double)tr_keys_list_length(&keys, more[i]);
    return count;
}

/* How many layers: stated, or told by what has one item each; where neither is there, its class's own. */
static double layers_of(tr_build *build)
{
    tr_keys *keys = &build->keys;
    tr_keys stated = *keys;
    stated.defaults = NULL;
    const int repeats = build->family->builder == TR_BUILDER_RECURRENT_GEMMA; /* its list of kinds is a period */
    const double told = tr_keys_has(&stated, TR_KEY_LAYERS) || repeats ? 0 : told_layers(keys);
    return told > 0 && told <= TR_STACK_MAX ? told : tr_keys_whole(keys, TR_KEY_LAYERS, 1, TR_STACK_MAX);
}

static int tied_of(tr_build *build)
{
    tr_keys top;
    const int fallback = (build->family->traits & TR_TIED) != 0;
    /* the first failure is the one reported */
    tr_keys_init(&top, build->keys.config, "", build->keys.status == TR_OK ? build->keys.err : NULL);
    if (tr_keys_has(&top, "tie_word_embeddings")) {
        const int tied = tr_keys_bool(&top, "tie_word_embeddings");
        if (build->keys.status == TR_OK)
            build->keys.status = top.status;
        return tied;
    }
    return tr_keys_bool_or(&build->keys, "tie_word_embeddings", fallback);
}

/* Count a model of a known family. build->keys keeps the first failure. */
tr_status tr_bench_count(tr_bench *b)
{
    tr_build *build = &b->build;
    tr_keys *keys = &build->keys;
    tr_model *model = build->model;
    build->hidden = tr_keys_dim(keys, TR_KEY_HIDDEN);
    build->layers = layers_of(build);
    (void)snprintf(model->family, sizeof model->family, "%s", build->family->name);
    model->hidden = build->hidden;
    model->layers = build->layers;
    model->vocab = tr_keys_dim(keys, "padded_vocab_size|vocab_size");
    model->tied = tied_of(build);
    model->embedding_param = model->vocab * model->hidden;
    model->head_param = model->tied ? 0 : model->embedding_param;
    model->max_context_token = tr_keys_whole_or(keys, TR_KEY_CONTEXT, 0, TR_KEYS_TOKEN_MAX, 0);
    check_lists(build);
    (void)tr_build_mark(build, "mlp_only_layers", 0, build->dense_only);
    if (keys->status == TR_OK)
        run_builder(build);
    add_up(model);
    if (keys->status == TR_OK && !(model->total_param < 9007199254740992.0))
        tr_keys_fail(keys, TR_EDOMAIN, TR_KEY_HIDDEN, model->total_param,
                     "and its like give %.3g parameters; expected fewer than 2^53", model->total_param);
    if (keys->status == TR_OK)
        tr_build_unread(build);
    return keys->status == TR_OK ? tr_build_dtypes(build) : keys->status;
}

void tr_bench_start(tr_bench *b, const tr_config *config, const char *wrapper, const tr_family *family, tr_error *err)
{
    memset(b, 0, sizeof *b);
    b->build.model = &b->model;
    b->build.family = family;
    tr_keys_init(&b->build.keys, config, wrapper, err);
    b->build.keys.read = b->read;
    if (*wrapper != '\0')
        b->build.keys.defaults = tr_keys_text_or(&b->build.keys, "model_type", NULL);
}
