/* model/quant.c -- bytes a parameter by part, from torch_dtype and quantization_config.
 *
 * A quantisation names a format for the linear layers and a list of modules
 * left wide. Modules are told apart by their names, layer by layer: attention,
 * dense FFN, shared experts, routed experts. Embedding, head, norms and routers
 * count as left wide, as every published checkpoint we know has them.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/build.h"
#include "model/format.h"
#include "model/modules.h"

enum { FORMAT_MAX = 8 };

/* Of every part of every layer, which of a few formats it is stored in. */
typedef struct widths {
    tr_part_format formats[FORMAT_MAX];
    int format_count;
    unsigned char part[TR_PART_COUNT][TR_STACK_MAX];
} widths;

/* The index of this format, added if new; past the last place the first one stands in. */
static unsigned char index_of(widths *w, tr_part_format f)
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
static void apply(const tr_build *build, widths *w, const char *name, tr_part_format f)
{
    long layer;
    const int parts = tr_module_parts(name, &layer);
    /* a layer with two mixers was added as two blocks */
    const size_t blocks = (size_t)build->model->stack_count, each = blocks / (size_t)build->layers;
    const size_t first = layer < 0 ? 0 : each * (size_t)layer, last = layer < 0 ? blocks : first + each;
    if (parts == 0 || first >= blocks)
        return;
    const unsigned char index = index_of(w, f);
    for (int part = 0; part < TR_PART_COUNT; part++)
        if (parts & (1 << part))
            memset(w->part[part] + first, index, last - first);
}

/* compressed-tensors: each group's format for the modules that its targets name; "Linear" names all. */
static void apply_groups(const tr_build *build, tr_keys *q, widths *w)
{
    tr_part_format f;
    for (int k = 0; k < FORMAT_MAX && tr_format_of_group(q, k, &f); k++) {
        char list[48];
        tr_value target;
        (void)snprintf(list, sizeof list, "config_groups.group_%d.targets", k);
        for (size_t i = 0; tr_keys_item_find(q, list, i, &target); i++)
            if (target.kind == TR_VALUE_TEXT && !tr_text_same(target.text, "Linear"))
                apply(build, w, target.text, f);
    }
}

/* The group that is meant for every linear layer: the one whose targets say so, or say nothing. */
static int format_of_groups(tr_keys *q, tr_part_format *out)
{
    tr_part_format f;
    int any = 0;
    for (int k = 0; k < FORMAT_MAX && tr_format_of_group(q, k, &f); k++) {
        char list[48];
        tr_value target;
        (void)snprintf(list, sizeof list, "config_groups.group_%d.targets", k);
        any = 1;
        if (!tr_keys_item_find(q, list, 0, &target) ||
            (target.kind == TR_VALUE_TEXT && tr_text_same(target.text, "Linear"))) {
            *out = f;
            break;
        }
    }
    return any;
}

/* Every entry of the lists of modules left wide. */
static void apply_wide(const tr_build *build, const tr_keys *q, widths *w, tr_part_format wide)
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
        tr_part_format f;
        if (strncmp(key, head, n) == 0 && tail != NULL && strcmp(tail, ".quant_algo") == 0 &&
            value.kind == TR_VALUE_TEXT && tr_format_of_algo(value.text, &f))
            apply(build, w, key + n, f);
    }
}

/* ---- by part ------------------------------------------------------------------- */

/* The dtype that most parameters have; `otherwise` where there is none. */
static tr_dtype most_of(const double by_dtype[TR_DTYPE_COUNT], tr_dtype otherwise)
{
    tr_dtype most = otherwise;
    for (int d = 1; d < TR_DTYPE_COUNT; d++)
        if (by_dtype[d] > by_dtype[most])
            most = (tr_dtype)d;
    return most;
}

static void by_part(tr_build *build, const widths *w, tr_part_format base, tr_part_format wide)
{
    tr_model *m = build->model;
    double all[TR_DTYPE_COUNT] = {0}, left = m->total_param;
    for (int part = 0; part < TR_PART_COUNT; part++) {
        double by_dtype[TR_DTYPE_COUNT] = {0}, param = 0, byte = 0;
        const int linear = (TR_PARTS_LINEAR & 1 << part) != 0;
        for (int i = 0; linear && i < m->stack_count; i++) {
            const double here = tr_layer_part_param(&m->layer[m->stack[i]], (tr_part)part);
            const tr_part_format f = w->formats[w->part[part][i]];
            param += here;
            byte += here * f.byte;
            by_dtype[f.dtype] += here;
            all[f.dtype] += here;
        }
        left -= param;
        m->weight.part[part].byte = param > 0 ? byte / param : linear ? base.byte : wide.byte;
        m->weight.part[part].dtype = linear ? most_of(by_dtype, base.dtype) : wide.dtype;
    }
    all[wide.dtype] += left;
    m->weight_dtype = most_of(all, wide.dtype);
}

/* What is not quantised is held in 16 bits, also where the checkpoint as a whole is called by its narrow format. */
static int is_half(const char *name)
{
    static const char *const names[] = {"bfloat16", "float16", "half", "auto", "int8", "uint8", "int4"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (tr_text_same(name, names[i]))
            return 1;
    return strncmp(name, "float8_", 7) == 0;
}

static tr_part_format wide_of(tr_build *build)
{
    tr_part_format f = {2, TR_DTYPE_BF16};
    tr_keys top;
    tr_keys_init(&top, build->keys.config, "", NULL);
    const char *name = tr_keys_text_or(&build->keys, "torch_dtype|dtype", "");
    if (*name == '\0')
        name = tr_keys_text_or(&top, "torch_dtype|dtype", "");
    if (strncmp(name, "torch.", 6) == 0)
        name += 6;
    if (tr_text_same(name, "float32") || tr_text_same(name, "float") || tr_text_same(name, "float64")) {
        f.byte = 4;
        f.dtype = TR_DTYPE_FP32;
    } else if (*name != '\0' && !is_half(name)) {
        tr_keys_fail(&build->keys, TR_EUNKNOWN, "torch_dtype|dtype", 0,
                     "is %.40s; expected bfloat16, float16, float32, a float8 or auto", name);
    }
    return f;
}

/* What the checkpoint says about the cache: NVIDIA's key, or compressed-tensors'. */
static void kv_of(tr_model *model, tr_keys *q)
{
    tr_value value;
    model->checkpoint_kv_dtype = TR_DTYPE_NATIVE;
    tr_part_format f;
    if (tr_keys_find(q, "kv_cache_quant_algo", &value) && value.kind == TR_VALUE_TEXT) {
        model->checkpoint_kv = TR_KV_DIRECTIVE_ALGO;
    } else if (tr_keys_find(q, "kv_cache_scheme", &value) && value.kind == TR_VALUE_TEXT) {
        model->checkpoint_kv = TR_KV_DIRECTIVE_SCHEME;
    } else if (tr_keys_find(q, "kv_cache_scheme.num_bits", &value) && value.kind == TR_VALUE_NUMBER) {
        const int is_float = tr_text_same(tr_keys_text_or(q, "kv_cache_scheme.type", "float"), "float");
        model->checkpoint_kv = TR_KV_DIRECTIVE_SCHEME;
        model->checkpoint_kv_dtype = tr_format_of_bits(value.number, is_float, 0, 0).dtype;
        return;
    }
    if (model->checkpoint_kv != TR_KV_DIRECTIVE_NONE && tr_format_of_algo(value.text, &f))
        model->checkpoint_kv_dtype = f.dtype;
    else
        model->checkpoint_kv = TR_KV_DIRECTIVE_NONE;
}

/* The reader of the quantisation's keys: beside the model's or at the top; 0 if there is none. */
static int quantisation(const tr_build *build, tr_keys *q)
{
    static const char *const places[] = {"quantization_config.", "quantization_config.quantization.",
                                         "compression_config."};
    for (size_t i = 0; i < 2 * sizeof places / sizeof places[0]; i++) {
        char prefix[TR_KEYS_PREFIX_MAX];
        (void)tr_text_copy(prefix, sizeof prefix, i % 2 ? build->keys.prefix : "");
        (void)tr_text_append(prefix, sizeof prefix, places[i / 2]);
        tr_keys_init(q, build->keys.config, prefix, build->keys.err);
        if (tr_keys_has(q, "quant_method|quant_algo|format"))
            return 1;
    }
    return 0;
}

/* The format of linear layers that no list names. */
static tr_part_format base_of(tr_keys *q, tr_part_format wide, int mixed)
{
    const char *algo = tr_keys_text_or(q, "quant_algo", "");
    const char *method = tr_keys_text_or(q, "quant_method", "");
    tr_part_format base = wide;
    if (*algo != '\0' && tr_format_of_algo(algo, &base))
        return base;
    if (mixed && (*method == '\0' || tr_text_starts(method, "modelopt")))
        return wide;
    if (!mixed && format_of_groups(q, &base))
        return base;
    return tr_format_of_method(q, *method != '\0' ? method : algo);
}

tr_status tr_build_dtypes(tr_build *build)
{
    tr_keys q;
    widths w;
    const tr_part_format wide = wide_of(build);
    const int quantised = quantisation(build, &q);
    const int mixed = quantised && tr_text_same(tr_keys_text_or(&q, "quant_algo", ""), "MIXED_PRECISION");
    const tr_part_format base = quantised ? base_of(&q, wide, mixed) : wide;
    if (quantised)
        kv_of(build->model, &q);
    build->model->kv_dtype =
        build->model->checkpoint_kv != TR_KV_DIRECTIVE_NONE ? build->model->checkpoint_kv_dtype : TR_DTYPE_BF16;
    memset(&w, 0, sizeof w);
    (void)index_of(&w, base);
    if (quantised) {
        const char *expert = tr_keys_text_or(&build->keys, "expert_dtype", "");
        if (tr_text_same(expert, "fp4") && base.dtype == TR_DTYPE_FP8)
            apply(build, &w, "experts", tr_format_of_bits(4, 1, 32, 1));
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
        by_part(build, &w, base, wide);
    return build->keys.status;
}
