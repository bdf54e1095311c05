/* io/tensors.c -- what a checkpoint stores: tensors counted by number format and by part of the model. */
#include "io/tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define COUNT_MAX 9007199254740992.0 /* 2^53 */

const char *tr_part_name(tr_part part)
{
    switch (part) {
    case TR_PART_ROUTED: return "routed experts";
    case TR_PART_LINEAR: return "attention and dense layers";
    case TR_PART_OTHER: return "embedding, head, norms and routers";
    case TR_PART_PREDICTION: return "multi-token prediction layers";
    case TR_PART_REPEATED: return "embedding or head stored again";
    case TR_PART_VISION: return "vision and audio towers";
    case TR_PART_BUFFER: return "tables that are not learned";
    case TR_PART_COUNT: break;
    }
    return "unknown part";
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
    const char *at = strstr(name, "layers.");
    if (at == NULL)
        at = strstr(name, "blk.");
    if (at == NULL)
        return -1.0;
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

tr_part tr_tensor_part(const tr_tensors *sums, const tr_tensor *tensor)
{
    static const char *const buffers[] = {
        "inv_freq",     "rotary_emb.", "tid2eid",    "weight_shape",
        "position_ids", "masked_bias", "rope_freqs", "rope_factors",
    };
    static const char *const towers[] = {
        "vision",      "visual",        "audio",    "mm_projector", "multi_modal_projector",
        "patch_merge", "image_newline", "aligner.", "speech",
    };
    static const char *const experts[] = {".experts.", "_exps.", "ffn.experts"};
    static const char *const shared[] = {"shared_expert", "_shexp"};
    static const char *const plain[] = {
        "embed_tokens",
        "wte.",
        "embeddings.",
        "token_embd",
        "lm_head",
        "norm",
        ".router",
        "mlp.gate.",
        "moe.gate.",
        "ffn.gate.",
        "ffn_gate_inp",
        "exp_probs_b",
        "block_sparse_moe.gate.",
        "mixer.gate.",
        "shared_expert_gate",
    };
    const char *name = tensor->name;
    if (HOLDS(name, buffers))
        return TR_PART_BUFFER;
    if (HOLDS(name, towers))
        return TR_PART_VISION;
    const int later = sums->hidden_layers > 0.0 && layer_of(name) >= sums->hidden_layers;
    if (later || strncmp(name, "mtp.", 4) == 0 || strstr(name, ".mtp.") != NULL ||
        strstr(name, "nextn.") != NULL)
        return is_table(name) ? TR_PART_REPEATED : TR_PART_PREDICTION;
    if (sums->tied && is_head(name))
        return TR_PART_REPEATED;
    if (HOLDS(name, experts) && !HOLDS(name, shared))
        return TR_PART_ROUTED;
    if (tensor->rank < 2 || is_head(name) || strcmp(name, "embed.weight") == 0 || HOLDS(name, plain))
        return TR_PART_OTHER;
    return TR_PART_LINEAR;
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
    const tr_part part = tr_tensor_part(sums, tensor);
    sums->part_byte[part] += tensor->byte;
    if (tr_tensor_is_scale(tensor)) {
        sums->scale_elem += tensor->elem;
        sums->scale_byte += tensor->byte;
    } else {
        sums->param[part] += elem;
    }
    return TR_OK;
}

double tr_tensors_language_param(const tr_tensors *sums)
{
    return sums->param[TR_PART_ROUTED] + sums->param[TR_PART_LINEAR] + sums->param[TR_PART_OTHER];
}
