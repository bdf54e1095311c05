/* io/tensors.c -- what a checkpoint stores: tensors counted by number format and by part of the model. */
#include "io/tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define COUNT_MAX 9007199254740992.0 /* 2^53 */

const char *tr_tensor_part_name(int part)
{
    static const char *const names[TR_TENSOR_PART_COUNT] = {
        [TR_PART_EMBEDDING] = "embedding",
        [TR_PART_HEAD] = "head",
        [TR_PART_MIXER] = "attention and other mixers",
        [TR_PART_DENSE] = "dense FFN",
        [TR_PART_SHARED] = "shared experts",
        [TR_PART_ROUTED] = "routed experts",
        [TR_PART_OTHER] = "norms and routers",
        [TR_BESIDE_PREDICTION] = "multi-token prediction layers",
        [TR_BESIDE_REPEATED] = "embedding or head stored again",
        [TR_BESIDE_VISION] = "vision and audio towers",
        [TR_BESIDE_BUFFER] = "tables that are not learned",
    };
    return part >= 0 && part < TR_TENSOR_PART_COUNT ? names[part] : "unknown part";
}

void tr_tensors_init(tr_tensors *sums)
{
    memset(sums, 0, sizeof *sums);
    sums->packed_bit = 4.0;
}

static int ends_with(const char *name, const char *end)
{
    const size_t n = strlen(name), m = strlen(end);
    return m <= n && strcmp(name + n - m, end) == 0;
}

static int ends_with_any(const char *name, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ends_with(name, ends[i]))
            return 1;
    return 0;
}

static int holds_any(const char *name, const char *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(name, parts[i]) != NULL)
            return 1;
    return 0;
}

#define ENDS(name, list) ends_with_any(name, list, sizeof(list) / sizeof((list)[0]))
#define HOLDS(name, list) holds_any(name, list, sizeof(list) / sizeof((list)[0]))

int tr_tensor_is_scale(const tr_tensor *tensor)
{
    static const char *const ends[] = {
        "weight_scale",
        "weight_scale_inv",
        "weight_scale_2",
        "weight_global_scale",
        "weight_zero_point",
        "input_scale",
        "input_global_scale",
        ".k_scale",
        ".v_scale",
        "_scales",
        ".scales",
        ".qzeros",
        ".g_idx",
        "_scale_inv",
        "proj_scale",
        "_absmax",
    };
    /* DeepSeek-V4 writes "w1.scale", a matrix; Gemma 4 a "router.scale", a vector that is learned. */
    return ENDS(tensor->name, ends) || (tensor->rank >= 2 && ends_with(tensor->name, ".scale"));
}

/* The layer number in "model.layers.61.mlp.up_proj.weight", -1 if there is none. */
static double layer_of(const char *name)
{
    static const char *const stacks[] = {"layers.", "blk.", "blocks.", ".h."};
    const char *at = strncmp(name, "h.", 2) == 0 ? name : NULL;
    for (size_t i = 0; at == NULL && i < sizeof stacks / sizeof stacks[0]; i++)
        at = strstr(name, stacks[i]);
    if (at == NULL)
        return -1.0;
    at += *at == '.';
    at = strchr(at, '.') + 1;
    char *end = NULL;
    const unsigned long layer = strtoul(at, &end, 10);
    return *at < '0' || *at > '9' || *end != '.' ? -1.0 : (double)layer;
}

static int is_table(const char *name)
{
    static const char *const heads[] = {"embed_tokens.", "shared_head.head.", ".emb.", "lm_head.",
                                        "output_head."};
    return HOLDS(name, heads);
}

static int is_head(const char *name)
{
    return ends_with(name, "lm_head.weight") || strcmp(name, "output.weight") == 0 ||
           strcmp(name, "head.weight") == 0;
}

/* A tensor of a layer: by the words of published checkpoints, Hugging Face's and GGUF's. */
static tr_part layer_part(const char *name)
{
    static const char *const experts[] = {".experts.", "_exps.", "ffn.experts"};
    static const char *const shared[] = {"shared_expert", "_shexp", "shared_mlp", "ffn_latent"};
    static const char *const routers[] = {
        ".router", "mlp.gate.", "moe.gate.", "ffn.gate.", "ffn_gate_inp.", "exp_probs_b", "mixer.gate.",
    };
    static const char *const blocks[] = {"self_attn.", ".attn.", "attention.", "linear_attn.", "mixer.norm", "mamba."};
    static const char *const inner[] = {"attn_q", "attn_k", "ssm_norm", "attn_sub_norm"};
    static const char *const dense[] = {
        ".mlp.", ".ffn.", ".ffn_", "feed_forward", ".fc1.", ".fc2.", "mixer.up_proj", "mixer.down_proj",
    };
    if (HOLDS(name, shared))
        return TR_PART_SHARED;
    if (HOLDS(name, experts))
        return TR_PART_ROUTED;
    if (HOLDS(name, routers))
        return TR_PART_OTHER;
    /* a norm inside a mixer is its own, one before or behind it is the layer's */
    if (strstr(name, "norm") != NULL)
        return HOLDS(name, blocks) || HOLDS(name, inner) ? TR_PART_MIXER : TR_PART_OTHER;
    return HOLDS(name, dense) ? TR_PART_DENSE : TR_PART_MIXER;
}

/* The input table, and not a table of positions or one beside it for each layer. */
static int is_embedding(const char *name)
{
    static const char *const tables[] = {"embed_tokens.", "wte.", "word_embeddings.", "tok_embeddings.",
                                         "token_embd.",   "embeddings.weight"};
    return strstr(name, "per_layer") == NULL && (HOLDS(name, tables) || strcmp(name, "embed.weight") == 0);
}

int tr_tensor_part(const tr_tensors *sums, const tr_tensor *tensor)
{
    static const char *const buffers[] = {
        "inv_freq",     "rotary_emb.", "tid2eid",    "weight_shape",
        "position_ids", "masked_bias", "rope_freqs", "rope_factors",
    };
    static const char *const towers[] = {
        "vision",      "visual",        "audio",    "mm_projector", "multi_modal_projector",
        "patch_merge", "image_newline", "aligner.", "speech",
    };
    const char *name = tensor->name;
    if (HOLDS(name, buffers))
        return TR_BESIDE_BUFFER;
    if (HOLDS(name, towers))
        return TR_BESIDE_VISION;
    const double layer = layer_of(name);
    const int later = sums->hidden_layers > 0.0 && layer >= sums->hidden_layers;
    if (later || strncmp(name, "mtp.", 4) == 0 || strstr(name, ".mtp.") != NULL ||
        strstr(name, "nextn.") != NULL)
        return is_table(name) ? TR_BESIDE_REPEATED : TR_BESIDE_PREDICTION;
    if (is_head(name))
        return sums->tied ? TR_BESIDE_REPEATED : TR_PART_HEAD;
    if (layer >= 0.0)
        return (int)layer_part(name);
    return is_embedding(name) ? TR_PART_EMBEDDING : TR_PART_OTHER;
}

double tr_tensor_packing(const tr_tensors *sums, const tr_tensor *tensor)
{
    const char *name = tensor->name, *format = tensor->format;
    if (tr_tensor_is_scale(tensor) || tensor->rank < 2)
        return 1.0;
    const int packed =
        ends_with(name, "weight_packed") || ends_with(name, ".qweight") || ends_with(name, "_packed");
    if (strcmp(format, "I32") == 0 && packed)
        return 32.0 / sums->packed_bit;
    if (strcmp(format, "U8") == 0 && (packed || ends_with(name, "_blocks") || ends_with(name, "weight")))
        return 2.0;
    return 1.0;
}

static tr_format_sum *format_of(tr_tensors *sums, const char *name)
{
    for (int i = 0; i < sums->format_count; i++)
        if (strcmp(sums->format[i].name, name) == 0)
            return &sums->format[i];
    if (sums->format_count == TR_TENSOR_FORMAT_MAX)
        return NULL;
    tr_format_sum *f = &sums->format[sums->format_count++];
    (void)snprintf(f->name, sizeof f->name, "%.15s", name);
    return f;
}

tr_status tr_tensors_add(tr_tensors *sums, const tr_tensor *tensor, tr_error *err)
{
    const double elem = tensor->elem * tr_tensor_packing(sums, tensor);
    if (!(elem + tr_tensors_language_param(sums) <= COUNT_MAX) || !(tensor->byte + sums->byte <= COUNT_MAX))
        return tr_fail(err, TR_ECAPACITY, NULL, elem, "the tensors together are larger than 2^53");
    tr_format_sum *format = format_of(sums, tensor->format);
    if (format == NULL)
        return tr_fail(err, TR_ECAPACITY, NULL, 0.0, "more than %d number formats in one checkpoint",
                       TR_TENSOR_FORMAT_MAX);
    format->tensor_count += 1.0;
    format->elem += tensor->elem;
    format->byte += tensor->byte;
    sums->tensor_count += 1.0;
    sums->byte += tensor->byte;
    const int part = tr_tensor_part(sums, tensor);
    sums->part_byte[part] += tensor->byte;
    if (tr_tensor_is_scale(tensor)) {
        sums->scale_elem += tensor->elem;
        sums->scale_byte += tensor->byte;
    } else {
        sums->param[part] += elem;
        if (part < TR_PART_COUNT)
            sums->part_elem[part][tensor->dtype] += elem;
    }
    return TR_OK;
}

double tr_tensors_language_param(const tr_tensors *sums)
{
    double param = 0.0;
    for (int part = 0; part < TR_PART_COUNT; part++)
        param += sums->param[part];
    return param;
}

tr_dtype tr_tensors_part_dtype(const tr_tensors *sums, tr_part part)
{
    int most = TR_DTYPE_NATIVE;
    for (int d = 1; d < TR_DTYPE_STORED_END; d++)
        if (sums->part_elem[part][d] > sums->part_elem[part][most])
            most = d;
    return (tr_dtype)most;
}
