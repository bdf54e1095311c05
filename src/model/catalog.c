/* model/catalog.c -- models compiled in: by name, Hugging Face id or alias. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/near.h"
#include "model/catalog_table.h"
#include <tokenroof/model.h>

static const char *text_at(uint32_t offset) { return tr_model_catalog_text + offset; }

size_t tr_model_catalog_count(void) { return tr_model_catalog_size; }

const char *tr_model_catalog_name(size_t index)
{
    return index < tr_model_catalog_size ? text_at(tr_model_catalog_table[index].name) : NULL;
}

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
    return tr_model_catalog_name(index);
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

static const tr_catalog_model *find(const char *name, tr_error *err)
{
    const size_t length = strlen(name);
    for (uint32_t i = 0; i < tr_model_catalog_size; i++)
        if (is_named(&tr_model_catalog_table[i], name, length))
            return &tr_model_catalog_table[i];
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

static tr_status set_one(tr_config *config, const char *key, const tr_catalog_key *entry, tr_error *err)
{
    switch (entry->kind) {
    case TR_CATALOG_NUMBER: return tr_config_set_number(config, key, entry->number, 0, err);
    case TR_CATALOG_TEXT: return tr_config_set_text(config, key, text_at(entry->text), 0, err);
    case TR_CATALOG_BOOL: return tr_config_set_bool(config, key, entry->number > 0, 0, err);
    default: return tr_config_set_null(config, key, 0, err);
    }
}

/* "layer_types.12" with repeat 3 stands for items 12, 13 and 14. */
static tr_status set_run(tr_config *config, const tr_catalog_key *entry, tr_error *err)
{
    const char *key = text_at(entry->key);
    if (entry->repeat <= 1)
        return set_one(config, key, entry, err);
    const char *dot = strrchr(key, '.');
    unsigned long first = 0;
    for (const char *digit = dot == NULL ? "" : dot + 1; *digit >= '0' && *digit <= '9'; digit++)
        first = 10 * first + (unsigned long)(*digit - '0');
    const size_t stem = dot == NULL ? strlen(key) : (size_t)(dot - key);
    tr_status status = TR_OK;
    for (uint32_t i = 0; i < entry->repeat && status == TR_OK; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%.*s.%lu", (int)stem, key, first + i);
        status = set_one(config, path, entry, err);
    }
    return status;
}

tr_status tr_model_catalog_get(const char *name, tr_model *out, tr_error *err)
{
    if (name == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0, "a model name is needed");
    const tr_catalog_model *entry = find(name, err);
    if (entry == NULL)
        return TR_EUNKNOWN;
    tr_config *config = tr_config_create();
    if (config == NULL)
        return tr_fail(err, TR_ENOMEM, "model", 0, "out of memory for the keys of a model");
    tr_status status = TR_OK;
    for (uint32_t i = 0; i < entry->key_count && status == TR_OK; i++)
        status = set_run(config, &tr_model_catalog_key[entry->first_key + i], err);
    const char *family = text_at(entry->family);
    if (status == TR_OK)
        status = tr_model_from_config(config, *family == '\0' ? NULL : family, out, err);
    tr_config_destroy(config);
    if (status != TR_OK)
        return status;
    (void)snprintf(out->name, sizeof out->name, "%s", text_at(entry->name));
    (void)snprintf(out->hf_id, sizeof out->hf_id, "%s", text_at(entry->hf_id));
    (void)snprintf(out->source, sizeof out->source, "%s", text_at(entry->source));
    out->weight_total_byte = entry->weight_total_byte;
    return TR_OK;
}
