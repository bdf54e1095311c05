/* model/catalog_find.c -- a model of the catalog by any of its names, and by those of people who pack it again. */
#include "model/catalog_find.h"

#include <string.h>

#include "base/fail.h"
#include "base/near.h"
#include "base/text.h"

static const char *text_at(uint32_t offset) { return tr_model_catalog_text + offset; }

enum { NAME_LISTS = 3 };

/* The texts that name a model: each may hold several names, separated by '|'. */
static const char *name_list(const tr_catalog_model *model, int which)
{
    return text_at(which == 0 ? model->name : which == 1 ? model->hf_id : model->aliases);
}

/* 1 if wanted is one of the model's names, or an id without its owner. */
static int is_named(const tr_catalog_model *model, const char *wanted, size_t length)
{
    for (int i = 0; i < NAME_LISTS; i++)
        for (const char *at = name_list(model, i); *at != '\0';) {
            const size_t n = strcspn(at, "|");
            const char *slash = memchr(at, '/', n);
            const char *bare = slash == NULL ? at : slash + 1;
            if (tr_name_equal(at, n, wanted, length) ||
                tr_name_equal(bare, n - (size_t)(bare - at), wanted, length))
                return 1;
            at += at[n] == '|' ? n + 1 : n;
        }
    return 0;
}

/* Edits from wanted to the closest of the model's names. */
static size_t distance(const tr_catalog_model *model, const char *wanted, size_t length)
{
    size_t best = SIZE_MAX;
    for (int i = 0; i < NAME_LISTS; i++)
        for (const char *at = name_list(model, i); *at != '\0';) {
            const size_t n = strcspn(at, "|");
            const size_t d = tr_name_distance(at, n, wanted, length);
            best = d < best ? d : best;
            at += at[n] == '|' ? n + 1 : n;
        }
    return best;
}

static const char *name_at(size_t index, const void *context)
{
    (void)context;
    return index < tr_model_catalog_size ? text_at(tr_model_catalog_table[index].name) : NULL;
}

/* Nothing is a slip away; what was typed may be the beginning or a part of names. */
static void refuse(const char *name, tr_error *err)
{
    const char *near[3] = {NULL, NULL, NULL};
    const size_t count = tr_near_names(name, name_at, NULL, near, 3);
    if (count > 0)
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0, "no model \"%.80s\" in the catalog; it has %s%s%s%s%s", name,
                      near[0], count > 1 ? ", " : "", count > 1 ? near[1] : "", count > 2 ? ", " : "",
                      count > 2 ? near[2] : "");
    else
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0,
                      "no model \"%.80s\" in the catalog of %u; `tokenroof models` lists them, and a path to a "
                      "config.json works too",
                      name, (unsigned)tr_model_catalog_size);
}

/* ---- names that people give who pack a model again ------------------------------------- */

/* Words at the end of such a name, and the format they stand for; native: none of their own. */
static const struct {
    char word[12];
    tr_weight_format format;
} endings[] = {
    {"gguf", TR_WEIGHT_FORMAT_NATIVE},      {"awq", TR_WEIGHT_FORMAT_INT4},      {"gptq", TR_WEIGHT_FORMAT_INT4},
    {"bnb", TR_WEIGHT_FORMAT_INT4},         {"4bit", TR_WEIGHT_FORMAT_INT4},     {"8bit", TR_WEIGHT_FORMAT_INT8},
    {"w8a16", TR_WEIGHT_FORMAT_INT8},       {"nvfp4a16", TR_WEIGHT_FORMAT_FP4},  {"dynamic", TR_WEIGHT_FORMAT_NATIVE},
    {"block", TR_WEIGHT_FORMAT_NATIVE},     {"static", TR_WEIGHT_FORMAT_NATIVE}, {"kv", TR_WEIGHT_FORMAT_NATIVE},
    {"quantized", TR_WEIGHT_FORMAT_NATIVE}, {"unsloth", TR_WEIGHT_FORMAT_NATIVE}, {"preview", TR_WEIGHT_FORMAT_NATIVE},
    {"imatrix", TR_WEIGHT_FORMAT_NATIVE},   {"i1", TR_WEIGHT_FORMAT_NATIVE},     {"hf", TR_WEIGHT_FORMAT_NATIVE},
};

/* Owners who publish models of others under the same name. */
static const char owners[][20] = {"unsloth", "RedHatAI", "neuralmagic", "bartowski", "lmstudio-community",
                                  "mlx-community", "ggml-org", "TheBloke", "QuantTrio", "nvidia", "amd", "Intel"};

/* 1 if the word says how weights are packed; *format, unless it is set, to what it says. A format's own name counts
 * if it holds a digit: "fp8", "w4a16", "q4_k_m". */
static int is_ending(const char *word, size_t length, tr_weight_format *format)
{
    char text[16];
    tr_weight_format found = TR_WEIGHT_FORMAT_NATIVE;
    int known = 0;
    if (length == 0 || length >= sizeof text)
        return 0;
    (void)tr_text_copy_span(text, sizeof text, word, length);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && !known; i++)
        if (tr_text_same(text, endings[i].word)) {
            found = endings[i].format;
            known = 1;
        }
    known = known || (strpbrk(text, "0123456789") != NULL && tr_weight_format_parse(text, &found, NULL) == TR_OK);
    if (known && *format == TR_WEIGHT_FORMAT_NATIVE)
        *format = found;
    return known;
}

static const tr_catalog_model *exactly(const char *name, size_t length)
{
    for (uint32_t i = 0; i < tr_model_catalog_size; i++)
        if (is_named(&tr_model_catalog_table[i], name, length))
            return &tr_model_catalog_table[i];
    return NULL;
}

/* Also "google_gemma-3-27b-it": the owner of the original before an underscore. */
static const tr_catalog_model *bare(const char *name, size_t length)
{
    const char *behind = memchr(name, '_', length);
    const tr_catalog_model *found = exactly(name, length);
    if (found == NULL && behind != NULL)
        found = exactly(behind + 1, length - (size_t)(behind + 1 - name));
    return found;
}

/* The model that was packed again: its endings taken off one by one. Without any, only known owners are believed. */
static const tr_catalog_model *packed_again(const char *name, tr_weight_format *format)
{
    const char *slash = strchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;
    size_t length = strlen(base);
    const tr_catalog_model *found = NULL;
    for (size_t i = 0; slash != NULL && found == NULL && i < sizeof owners / sizeof owners[0]; i++)
        if (tr_name_equal(name, (size_t)(slash - name), owners[i], strlen(owners[i])))
            found = bare(base, length);
    while (found == NULL && length > 0) {
        size_t end = length;
        while (end > 0 && strchr("-.:", base[end - 1]) == NULL)
            end--;
        if (end == 0 || !is_ending(base + end, length - end, format))
            break;
        length = end - 1;
        found = bare(base, length);
    }
    return found;
}

const tr_catalog_model *tr_catalog_find(const char *name, tr_weight_format *format, tr_error *err)
{
    const size_t length = strlen(name);
    tr_weight_format told = TR_WEIGHT_FORMAT_NATIVE;
    const tr_catalog_model *found = exactly(name, length);
    if (found == NULL)
        found = packed_again(name, &told);
    if (found != NULL) {
        *format = told;
        return found;
    }
    const char *nearest = "";
    size_t best = SIZE_MAX;
    for (uint32_t i = 0; i < tr_model_catalog_size; i++) {
        const size_t d = distance(&tr_model_catalog_table[i], name, length);
        if (d < best) {
            best = d;
            nearest = text_at(tr_model_catalog_table[i].name);
        }
    }
    if (best <= (length < 6 ? 2 : length / 3))
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0,
                      "no model \"%.80s\" in the catalog; did you mean \"%.96s\"?", name, nearest);
    else
        refuse(name, err);
    return NULL;
}
