/* model/catalog_find.c -- a model of the catalog by any of its names, and by those of people who pack it again. */
#include "model/catalog_find.h"

#include <string.h>

#include "base/fail.h"
#include "base/near.h"
#include "base/text.h"
#include "model/catalog_name.h"

static const char *text_at(uint32_t offset) { return tr_model_catalog_text + offset; }

enum { NAME_LISTS = 3, NEAR_MAX = 3, ID_SIZE = 256 };

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

/* Up to three names after a colon or "it has". */
static void list_names(char *out, size_t size, const char *const *name, size_t count)
{
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        (void)tr_text_append(out, size, i == 0 ? "" : ", ");
        (void)tr_text_append(out, size, name[i]);
    }
}

/* Nothing is a slip away; what was typed may be the beginning or a part of names. */
static void refuse(const char *name, tr_error *err)
{
    const char *near[NEAR_MAX];
    char names[NEAR_MAX * TR_NAME_MAX];
    const size_t count = tr_near_names(name, name_at, NULL, near, NEAR_MAX);
    list_names(names, sizeof names, near, count);
    if (count > 0)
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0, "no model \"%.80s\" in the catalog; it has %s", name, names);
    else
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0,
                      "no model \"%.80s\" in the catalog of %u; `tokenroof models` lists them, and a path to a "
                      "config.json works too",
                      name, (unsigned)tr_model_catalog_size);
}

/* ---- names that people give who pack a model again ------------------------------------- */

/* Owners who publish models of others under the same name. */
static const char owners[][20] = {"unsloth", "RedHatAI", "neuralmagic", "bartowski", "lmstudio-community",
                                  "mlx-community", "ggml-org", "TheBloke", "QuantTrio", "nvidia", "amd", "Intel",
                                  "hugging-quants", "MaziyarPanahi", "NousResearch", "cpatonn", "turboderp"};

static const tr_catalog_model *exactly(const char *name, size_t length)
{
    for (uint32_t i = 0; i < tr_model_catalog_size; i++)
        if (is_named(&tr_model_catalog_table[i], name, length))
            return &tr_model_catalog_table[i];
    return NULL;
}

/* 1 if one of the model's names, spelt so, is that. */
static int is_spelt(const tr_catalog_model *model, const char *spelt)
{
    char other[TR_CATALOG_SPELT_MAX];
    for (int i = 0; i < NAME_LISTS; i++)
        for (const char *at = name_list(model, i); *at != '\0';) {
            const size_t n = strcspn(at, "|");
            const char *slash = memchr(at, '/', n);
            const char *bare = slash == NULL ? at : slash + 1;
            tr_catalog_spell(bare, n - (size_t)(bare - at), other);
            if (strcmp(other, spelt) == 0)
                return 1;
            at += at[n] == '|' ? n + 1 : n;
        }
    return 0;
}

/* The one model that is spelt so; NULL and their names if there are several. */
static const tr_catalog_model *loosely(const char *name, size_t length, const char **names, size_t *count)
{
    const tr_catalog_model *found = NULL;
    char spelt[TR_CATALOG_SPELT_MAX];
    tr_catalog_spell(name, length, spelt);
    *count = 0;
    for (uint32_t i = 0; i < tr_model_catalog_size && spelt[0] != '\0'; i++)
        if (is_spelt(&tr_model_catalog_table[i], spelt)) {
            found = &tr_model_catalog_table[i];
            if (*count < NEAR_MAX)
                names[(*count)++] = text_at(found->name);
        }
    return *count == 1 ? found : NULL;
}

/* What is left of a name that somebody gave who packed a model again. */
typedef struct packed {
    const tr_catalog_model *model; /* NULL: none, or several */
    const char *name;              /* without the owner */
    size_t length;                 /* without endings */
    tr_weight_format format;
    const char *several[NEAR_MAX];
    size_t several_count;
} packed;

/* By name, or by any spelling of it. Also "google_gemma-3-27b-it": the original's owner before an underscore. */
static void find_bare(packed *p)
{
    const char *behind = memchr(p->name, '_', p->length);
    p->model = exactly(p->name, p->length);
    if (p->model == NULL && behind != NULL)
        p->model = exactly(behind + 1, p->length - (size_t)(behind + 1 - p->name));
}

/* The endings are taken off one by one. A name of another owner that has none is a model of its own, and not
 * believed. */
static packed packed_again(const char *name, tr_weight_format format)
{
    const char *slash = strchr(name, '/');
    packed p = {.name = slash != NULL ? slash + 1 : name, .format = format};
    int believed = slash == NULL;
    p.length = strlen(p.name);
    for (size_t i = 0; !believed && i < sizeof owners / sizeof owners[0]; i++)
        believed = tr_name_equal(name, (size_t)(slash - name), owners[i], strlen(owners[i]));
    for (;;) {
        if (believed)
            find_bare(&p);
        const size_t shorter = p.model == NULL ? tr_catalog_unpacked_once(p.name, p.length, &p.format) : p.length;
        if (shorter == p.length)
            break;
        p.length = shorter;
        believed = 1;
    }
    if (p.model == NULL && believed)
        p.model = loosely(p.name, p.length, p.several, &p.several_count);
    return p;
}

/* Models whose spelling begins so, up to NEAR_MAX: the one that is spelt so, else without those packed again. */
static size_t begun_with(const char *wanted, const char **out)
{
    char other[TR_CATALOG_SPELT_MAX];
    size_t count = 0;
    for (uint32_t i = 0; count < NEAR_MAX && strlen(wanted) >= 4 && i < tr_model_catalog_size; i++) {
        const char *name = text_at(tr_model_catalog_table[i].name);
        tr_catalog_spell(name, strlen(name), other);
        tr_weight_format format = TR_WEIGHT_FORMAT_NATIVE;
        if (strcmp(other, wanted) == 0) {
            out[0] = name;
            return 1;
        }
        if (tr_text_starts(other, wanted) && tr_catalog_unpacked(name, strlen(name), &format) == strlen(name))
            out[count++] = name;
    }
    return count;
}

/* Models whose spelling begins with what is left; else those that are nearest to it, all as near. Up to NEAR_MAX. */
static size_t nearest_spelt(const packed *p, const char **out)
{
    char wanted[TR_CATALOG_SPELT_MAX], other[TR_CATALOG_SPELT_MAX];
    size_t count = 0;
    tr_catalog_spell(p->name, p->length, wanted);
    const size_t length = strlen(wanted), begun = begun_with(wanted, out);
    if (begun > 0)
        return begun;
    size_t best = length < 6 ? 2 : length / 3;
    for (uint32_t i = 0; i < tr_model_catalog_size; i++) {
        const char *name = text_at(tr_model_catalog_table[i].name);
        tr_catalog_spell(name, strlen(name), other);
        const size_t d = tr_name_distance(other, strlen(other), wanted, length);
        if (d > best)
            continue;
        count = d < best ? 0 : count;
        best = d;
        if (count < NEAR_MAX)
            out[count++] = name;
    }
    return count;
}

/* "qwen3:30b" is how names begin. */
static int refuse_begun(const char *name, tr_error *err)
{
    const char *near[NEAR_MAX];
    char wanted[TR_CATALOG_SPELT_MAX], names[NEAR_MAX * TR_NAME_MAX];
    tr_catalog_spell(name, strlen(name), wanted);
    const size_t count = begun_with(wanted, near);
    list_names(names, sizeof names, near, count);
    if (count > 0)
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0, "no model \"%.80s\" in the catalog; did you mean %.200s?", name,
                      names);
    return count > 0;
}

/* "phi4:14b", "Qwen3-8B-abliterated": a known name with words behind it, which may tell another model. */
static int refuse_longer(const char *name, tr_error *err)
{
    char cut[ID_SIZE];
    const char *slash = strchr(name, '/');
    size_t length = tr_text_copy(cut, sizeof cut, slash != NULL ? slash + 1 : name);
    for (length = length < sizeof cut ? length : 0; length > 3; length--) {
        if (strchr("-: ", cut[length]) == NULL)
            continue;
        cut[length] = '\0';
        const packed p = packed_again(cut, TR_WEIGHT_FORMAT_NATIVE);
        if (p.model != NULL) {
            (void)tr_fail(err, TR_EUNKNOWN, "model", 0,
                          "no model \"%.80s\" in the catalog; did you mean \"%.96s\"?", name, text_at(p.model->name));
            return 1;
        }
    }
    return 0;
}

static void refuse_packed(const char *name, packed *p, tr_error *err)
{
    char names[NEAR_MAX * TR_NAME_MAX];
    const int several = p->several_count > 0;
    if (!several)
        p->several_count = nearest_spelt(p, p->several);
    list_names(names, sizeof names, p->several, p->several_count);
    if (several)
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0, "\"%.80s\" may be any of %s: name one", name, names);
    else if (p->several_count > 0)
        (void)tr_fail(err, TR_EUNKNOWN, "model", 0, "no model \"%.80s\" in the catalog; did you mean %.200s?", name,
                      names);
    else if (!refuse_longer(name, err))
        refuse(name, err);
}

const tr_catalog_model *tr_catalog_find(const char *typed, tr_weight_format *format, int *is_packed, tr_error *err)
{
    char name[ID_SIZE];
    tr_weight_format linked = TR_WEIGHT_FORMAT_NATIVE;
    tr_catalog_id(typed, name, sizeof name, &linked);
    const size_t length = strlen(name);
    const tr_catalog_model *found = exactly(name, length);
    *is_packed = linked != TR_WEIGHT_FORMAT_NATIVE;
    if (found != NULL) {
        *format = linked;
        return found;
    }
    packed p = packed_again(name, linked);
    if (p.model != NULL) {
        *format = p.format;
        *is_packed = 1;
        return p.model;
    }
    if (strchr(name, ':') != NULL && refuse_begun(name, err))
        return NULL;
    if (strchr(name, '/') != NULL || p.length < length || p.several_count > 0) {
        refuse_packed(name, &p, err);
        return NULL;
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
    else if (tr_near_names(name, name_at, NULL, &nearest, 1) > 0)
        refuse(name, err);
    else
        refuse_packed(name, &p, err);
    return NULL;
}
