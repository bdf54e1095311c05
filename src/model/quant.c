/* model/quant.c -- bytes a parameter by part, from torch_dtype and quantization_config.
 *
 * A quantisation names a format for the linear layers and a list of modules
 * left wide. Modules are told apart by their names, layer by layer: attention,
 * dense FFN, shared experts, routed experts. Embedding, head, norms and routers
 * count as left wide, as every published checkpoint we know has them.
 */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "model/build.h"

enum { ATTENTION = 1, DENSE = 2, SHARED = 4, ROUTED = 8, EVERYTHING = 15 };

typedef struct format {
    double byte;
    tr_dtype dtype;
} format;

static int equal(const char *a, const char *b) { return tr_name_equal(a, strlen(a), b, strlen(b)); }

/* Name starts with head, case ignored. */
static int starts(const char *text, const char *head)
{
    const size_t n = strlen(head);
    return strlen(text) >= n && tr_name_equal(text, n, head, n);
}

static format format_of_bits(double bits, int is_float, double group, double scale_byte)
{
    const tr_dtype eight = is_float ? TR_DTYPE_FP8 : TR_DTYPE_INT8;
    const format f = {
        .byte = bits / 8 + (group > 0 ? scale_byte / group : 0),
        .dtype = bits <= 4   ? (is_float ? TR_DTYPE_FP4 : TR_DTYPE_INT4)
                 : bits <= 8 ? eight
                             : TR_DTYPE_BF16,
    };
    return f;
}

/* NVFP4: 4-bit payload, an FP8 scale for 16; MXFP4: a power-of-two scale for 32; FP8: a float for 128 x 128.
 */
static int format_of_algo(const char *algo, format *out)
{
    if (starts(algo, "NVFP4"))
        *out = format_of_bits(4, 1, 16, 1);
    else if (starts(algo, "MXFP4"))
        *out = format_of_bits(4, 1, 32, 1);
    else if (starts(algo, "MXFP8"))
        *out = format_of_bits(8, 1, 32, 1);
    else if (starts(algo, "FP8_BLOCK") || starts(algo, "FP8_PB"))
        *out = format_of_bits(8, 1, 128 * 128, 4);
    else if (starts(algo, "FP8"))
        *out = format_of_bits(8, 1, 0, 0);
    else if (starts(algo, "INT8") || starts(algo, "W8A8"))
        *out = format_of_bits(8, 0, 0, 0);
    else if (starts(algo, "W4A8") || starts(algo, "W4A16") || starts(algo, "INT4"))
        *out = format_of_bits(4, 0, 128, 2);
    else
        return 0;
    return 1;
}

/* compressed-tensors: what group number `group` says about its weights. 0 if there is no such group. */
static int format_of_group(tr_keys *q, int number, format *out)
{
    char prefix[64];
    tr_keys g = *q;
    (void)snprintf(prefix, sizeof prefix, "%.32sconfig_groups.group_%d.weights.", q->prefix, number);
    tr_keys_init(&g, q->config, prefix, q->err);
    if (!tr_keys_has(&g, "num_bits"))
        return 0;
    const int is_float = equal(tr_keys_text_or(&g, "type", "int"), "float");
    const char *scale = tr_keys_text_or(&g, "scale_dtype", "");
    const double bits = tr_keys_whole(&g, "num_bits", 1, 64);
    double group = tr_keys_whole_or(&g, "group_size", -1, 1 << 20, 0);
    double scale_byte = strstr(scale, "8") != NULL || (bits == 4 && is_float) ? 1 : 2;
    tr_value block;
    if (tr_keys_item_find(&g, "block_structure", 0, &block)) {
        group = tr_keys_item_whole(&g, "block_structure", 0, 1, 65536) *
                tr_keys_item_whole(&g, "block_structure", 1, 1, 65536);
        scale_byte = 4;
    }
    if (g.status != TR_OK && q->status == TR_OK)
        q->status = g.status;
    *out = format_of_bits(bits, is_float, group, scale_byte);
    return 1;
}

static format format_of_method(tr_keys *q, const char *method)
{
    format f = {0, TR_DTYPE_BF16};
    const double group = tr_keys_whole_or(q, "group_size|q_group_size", -1, 1 << 20, 128);
    if (equal(method, "fp8") || equal(method, "fbgemm_fp8") || equal(method, "finegrained_fp8")) {
        tr_value block;
        double size = 0;
        if (tr_keys_item_find(q, "weight_block_size", 0, &block))
            size = tr_keys_item_whole(q, "weight_block_size", 0, 1, 65536) *
                   tr_keys_item_whole(q, "weight_block_size", 1, 1, 65536);
        f = format_of_bits(8, 1, size, 4);
    } else if (format_of_algo(method, &f)) {
        return f;
    } else if (equal(method, "awq") || equal(method, "gptq") || equal(method, "auto-round") ||
               equal(method, "intel/auto-round") || equal(method, "gptq_marlin") ||
               equal(method, "awq_marlin")) {
        /* a 16-bit scale and a packed zero point for each group */
        const double bits = tr_keys_whole(q, "bits|w_bit", 1, 16);
        f = format_of_bits(bits, 0, group, 2 + bits / 8);
    } else if (equal(method, "quark")) {
        const char *dtype = tr_keys_text(q, "global_quant_config.weight.dtype");
        if (!format_of_algo(starts(dtype, "fp4") ? "MXFP4" : dtype, &f))
            tr_keys_fail(q, TR_EUNKNOWN, "global_quant_config.weight.dtype", 0,
                         "is \"%.40s\"; expected fp4, fp8, int8 or int4", dtype);
    } else if (equal(method, "bitsandbytes")) {
        f = tr_keys_bool_or(q, "load_in_8bit", 0) ? format_of_bits(8, 0, 0, 0) : format_of_bits(4, 0, 64, 4);
    } else {
        tr_keys_fail(q, TR_EUNKNOWN, "quant_method|quant_algo", 0,
                     "is \"%.40s\"; expected fp8, mxfp4, modelopt, compressed-tensors, awq, gptq, quark or "
                     "bitsandbytes",
                     method);
    }
    return f;
}

/* ---- which modules are meant by a name or pattern ------------------------------ */

/* A norm, a router or a single small projection of an attention block. */
static int is_small(const char *name)
{
    static const char parts[][20] = {"norm",    "indexer", "weights_proj", "shared_expert_gate",
                                     "e_score", ".router", "conv1d",       "eh_proj"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i]) != NULL)
            return 1;
    const size_t n = strlen(name);
    return (n >= 5 && strcmp(name + n - 5, ".gate") == 0) || strcmp(name, "gate") == 0;
}

/* Another tower, the head or the tables. */
static int is_outside(const char *name)
{
    static const char parts[][16] = {"vision", "visual", "projector",   "lm_head",
                                     "embed",  "mtp",    "patch_merge", "audio"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i]) != NULL)
            return 1;
    return strcmp(name, "head") == 0;
}

static int parts_of(const char *name)
{
    if (is_outside(name) || is_small(name))
        return 0;
    if (strstr(name, "shared_expert") != NULL || strstr(name, "shared_mlp") != NULL)
        return SHARED;
    if (strstr(name, "experts") != NULL)
        return ROUTED;
    if (strstr(name, "attn") != NULL || strstr(name, "attention") != NULL)
        return ATTENTION;
    if (strstr(name, "mixer") != NULL) /* one block, one mixer, whatever it is */
        return ATTENTION | DENSE;
    if (strstr(name, "mlp") != NULL || strstr(name, "ffn") != NULL || strstr(name, "feed_forward") != NULL)
        return DENSE;
    return 0;
}

/* The layer a name speaks of: its number, or -1 for all. *whole: nothing but the layer is named
 * ("layers.3.*"). */
static long layer_of(const char *name, int *whole)
{
    const char *at = strstr(name, "layers.");
    *whole = 0;
    if (at == NULL || at[7] < '0' || at[7] > '9')
        return -1;
    long layer = 0;
    for (at += 7; *at >= '0' && *at <= '9'; at++)
        if (layer < TR_BUILD_LAYER_MAX)
            layer = 10 * layer + (*at - '0');
    *whole = strcmp(at, "") == 0 || strcmp(at, "*") == 0 || strcmp(at, ".*") == 0 || strcmp(at, ".") == 0;
    return layer;
}

enum { PARTS = 4, FORMAT_MAX = 8 };

/* Of every part of every layer, which of a few formats it is stored in. */
typedef struct widths {
    format formats[FORMAT_MAX];
    int format_count;
    unsigned char part[PARTS][TR_BUILD_LAYER_MAX];
} widths;

/* The index of this format, added if new; past the last place the first one stands in. */
static unsigned char index_of(widths *w, format f)
{
    for (int i = 0; i < w->format_count; i++)
        if (w->formats[i].dtype == f.dtype && memcmp(&w->formats[i].byte, &f.byte, sizeof f.byte) == 0)
            return (unsigned char)i;
    if (w->format_count == FORMAT_MAX)
        return 0;
    w->formats[w->format_count] = f;
    return (unsigned char)w->format_count++;
}

/* Give the named modules this format. A part of a module's name in a list counts for the module. */
static void apply(const tr_build *build, widths *w, const char *name, format f)
{
    int whole;
    const long layer = layer_of(name, &whole);
    const int parts = is_outside(name) ? 0 : whole ? EVERYTHING : parts_of(name);
    /* a layer with two mixers was added as two entries */
    const size_t each = build->added / (size_t)build->layers;
    const size_t first = layer < 0 ? 0 : each * (size_t)layer, last = layer < 0 ? build->added : first + each;
    if (parts == 0 || first >= build->added)
        return;
    const unsigned char index = index_of(w, f);
    for (int part = 0; part < PARTS; part++)
        if (parts & (1 << part))
            memset(w->part[part] + first, index, last - first);
}

/* compressed-tensors: each group's format for the modules that its targets name; "Linear" names all. */
static void apply_groups(const tr_build *build, tr_keys *q, widths *w)
{
    format f;
    for (int k = 0; k < FORMAT_MAX && format_of_group(q, k, &f); k++) {
        char list[48];
        tr_value target;
        (void)snprintf(list, sizeof list, "config_groups.group_%d.targets", k);
        for (size_t i = 0; tr_keys_item_find(q, list, i, &target); i++)
            if (target.kind == TR_VALUE_TEXT && !equal(target.text, "Linear"))
                apply(build, w, target.text, f);
    }
}

/* The group that is meant for every linear layer: the one whose targets say so, or say nothing. */
static int format_of_groups(tr_keys *q, format *out)
{
    format f;
    int any = 0;
    for (int k = 0; k < FORMAT_MAX && format_of_group(q, k, &f); k++) {
        char list[48];
        tr_value target;
        (void)snprintf(list, sizeof list, "config_groups.group_%d.targets", k);
        any = 1;
        if (!tr_keys_item_find(q, list, 0, &target) ||
            (target.kind == TR_VALUE_TEXT && equal(target.text, "Linear"))) {
            *out = f;
            break;
        }
    }
    return any;
}

/* Every entry of the lists of modules left wide. */
static void apply_wide(const tr_build *build, const tr_keys *q, widths *w, format wide)
{
    static const char lists[][24] = {"ignore", "modules_to_not_convert", "exclude_modules", "exclude"};
    tr_value value;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        for (size_t i = 0; tr_keys_item_find(q, lists[k], i, &value); i++)
            if (value.kind == TR_VALUE_TEXT)
                apply(build, w, value.text, wide);
}

/* modelopt's MIXED_PRECISION: "quantized_layers.<module>.quant_algo" for each. */
static void apply_mixed(const tr_build *build, const tr_keys *q, widths *w)
{
    char head[96];
    const size_t n = (size_t)snprintf(head, sizeof head, "%squantized_layers.", q->prefix);
    const size_t keys = tr_config_count(q->config);
    for (size_t i = 0; i < keys; i++) {
        tr_value value;
        const char *key = tr_config_at(q->config, i, &value);
        const char *tail = strrchr(key, '.');
        format f;
        if (strncmp(key, head, n) == 0 && tail != NULL && strcmp(tail, ".quant_algo") == 0 &&
            value.kind == TR_VALUE_TEXT && format_of_algo(value.text, &f))
            apply(build, w, key + n, f);
    }
}

/* ---- by part ------------------------------------------------------------------- */

typedef struct tally {
    double param, byte;
} tally;

static void count(tally *t, double param, format f, double by_dtype[TR_DTYPE_COUNT])
{
    t->param += param;
    t->byte += param * f.byte;
    by_dtype[f.dtype] += param;
}

static void by_part(tr_build *build, const widths *w, format wide)
{
    tr_model *m = build->model;
    tally linear = {0, 0}, routed = {0, 0};
    double by_dtype[TR_DTYPE_COUNT] = {0};
    for (size_t i = 0; i < build->added; i++) {
        const tr_layer *l = &m->layer[build->group[i]];
        const double param[PARTS] = {l->mixer_param, l->dense_param, l->shared_param, l->routed_param};
        for (int part = 0; part < PARTS; part++)
            count(1 << part == ROUTED ? &routed : &linear, param[part], w->formats[w->part[part][i]],
                  by_dtype);
    }
    by_dtype[wide.dtype] += m->total_param - linear.param - routed.param;
    m->weight.linear_byte = linear.param > 0 ? linear.byte / linear.param : wide.byte;
    m->weight.routed_byte = routed.param > 0 ? routed.byte / routed.param : m->weight.linear_byte;
    m->weight.other_byte = wide.byte;
    m->weight_dtype = wide.dtype;
    for (int d = 1; d < TR_DTYPE_COUNT; d++)
        if (by_dtype[d] > by_dtype[m->weight_dtype])
            m->weight_dtype = (tr_dtype)d;
}

static format wide_of(tr_build *build)
{
    format f = {2, TR_DTYPE_BF16};
    tr_keys top;
    tr_keys_init(&top, build->keys.config, "", NULL);
    const char *name = tr_keys_text_or(&build->keys, "torch_dtype|dtype", "");
    if (*name == '\0')
        name = tr_keys_text_or(&top, "torch_dtype|dtype", "");
    if (strstr(name, "float32") != NULL) {
        f.byte = 4;
        f.dtype = TR_DTYPE_FP32;
    }
    return f;
}

static tr_dtype kv_dtype_of(tr_keys *q)
{
    tr_value value;
    int eight = 0;
    if (tr_keys_find(q, "kv_cache_quant_algo|kv_cache_scheme", &value) && value.kind == TR_VALUE_TEXT)
        eight = starts(value.text, "FP8");
    if (tr_keys_find(q, "kv_cache_scheme.num_bits", &value) && value.kind == TR_VALUE_NUMBER)
        eight = value.number == 8;
    return eight ? TR_DTYPE_FP8 : TR_DTYPE_BF16;
}

/* The reader of the quantisation's keys: beside the model's or at the top; 0 if there is none. */
static int quantisation(const tr_build *build, tr_keys *q)
{
    static const char *const places[] = {"quantization_config.", "quantization_config.quantization.",
                                         "compression_config."};
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        char prefix[64];
        (void)tr_text_copy(prefix, sizeof prefix, i % 2 ? build->keys.prefix : "");
        (void)tr_text_append(prefix, sizeof prefix, places[i / 2]);
        tr_keys_init(q, build->keys.config, prefix, build->keys.err);
        if (tr_keys_has(q, "quant_method|quant_algo|format"))
            return 1;
    }
    return 0;
}

/* The format of linear layers that no list names. */
static format base_of(tr_keys *q, format wide, int mixed)
{
    const char *algo = tr_keys_text_or(q, "quant_algo", "");
    const char *method = tr_keys_text_or(q, "quant_method", "");
    format base = wide;
    if (*algo != '\0' && format_of_algo(algo, &base))
        return base;
    if (mixed && (*method == '\0' || starts(method, "modelopt")))
        return wide;
    if (!mixed && format_of_groups(q, &base))
        return base;
    return format_of_method(q, *method != '\0' ? method : algo);
}

void tr_build_dtypes(tr_build *build)
{
    tr_keys q;
    widths w;
    const format wide = wide_of(build);
    const int quantised = quantisation(build, &q);
    const int mixed = quantised && equal(tr_keys_text_or(&q, "quant_algo", ""), "MIXED_PRECISION");
    const format base = quantised ? base_of(&q, wide, mixed) : wide;
    build->model->kv_dtype = quantised ? kv_dtype_of(&q) : TR_DTYPE_BF16;
    memset(&w, 0, sizeof w);
    (void)index_of(&w, base);
    if (quantised) {
        const char *expert = tr_keys_text_or(&build->keys, "expert_dtype", "");
        if (equal(expert, "fp4") && base.dtype == TR_DTYPE_FP8)
            apply(build, &w, "experts", format_of_bits(4, 1, 32, 1));
        /* with a list of formats by module, the other list only says which keep the base format */
        if (mixed) {
            apply_mixed(build, &q, &w);
        } else {
            apply_groups(build, &q, &w);
            apply_wide(build, &q, &w, wide);
        }
    }
    if (q.status != TR_OK && build->keys.status == TR_OK)
        build->keys.status = q.status;
    if (build->keys.status == TR_OK)
        by_part(build, &w, wide);
}
