/* model/catalog.c -- models compiled in: their keys counted again. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "model/catalog_find.h"
#include "model/model_change.h"
#include "model/weights.h"
#include <tokenroof/model.h>

enum { TYPED_SIZE = 256 };

static const char *text_at(uint32_t offset) { return tr_model_catalog_text + offset; }

size_t tr_model_catalog_count(void) { return tr_model_catalog_size; }

const char *tr_model_catalog_name(size_t index)
{
    return index < tr_model_catalog_size ? text_at(tr_model_catalog_table[index].name) : NULL;
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

tr_status tr_model_catalog_find_format(const char *name, size_t *index, tr_weight_format *format, tr_error *err)
{
    if (name == NULL || index == NULL || format == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0, "a model name is needed, and places for the result");
    int is_packed;
    const tr_catalog_model *entry = tr_catalog_find(name, format, &is_packed, err);
    if (entry == NULL)
        return TR_EUNKNOWN;
    *index = (size_t)(entry - tr_model_catalog_table);
    return TR_OK;
}

/* The model as somebody packed it again in another format. */
static void pack_again(tr_model *model, tr_weight_format format)
{
    tr_weights weights;
    double most = 0;
    char source[sizeof model->source];
    if (format == TR_WEIGHT_FORMAT_NATIVE || tr_model_weights(model, format, &weights, NULL) != TR_OK)
        return;
    model->weight = weights;
    model->weight_total_byte = 0;
    tr_weight_format_write(format, model->weight_name);
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const double param = tr_model_part_param(model, (tr_part)part);
        if (param > most) {
            most = param;
            model->weight_dtype = weights.part[part].dtype;
        }
    }
    (void)snprintf(source, sizeof source, "%.200s; %s by its name", model->source, tr_weight_format_name(format));
    (void)snprintf(model->source, sizeof model->source, "%s", source);
}

/* How a name that is not the catalog's was understood. */
static void note_name(tr_model *model, const char *typed, tr_weight_format format)
{
    char weights[104];
    const int is_near = tr_text_holds(typed, "_xl") || tr_text_holds(typed, "_k_l"); /* mixes of their own */
    const char *const dtype = tr_dtype_name(model->weight_dtype);
    if (format != TR_WEIGHT_FORMAT_NATIVE)
        (void)snprintf(weights, sizeof weights, "weights in %.20s%s by that name, unless --weights is given",
                       tr_weight_format_name(format), is_near ? ", the nearest mix," : "");
    else if (tr_text_holds(typed, "gguf"))
        (void)snprintf(weights, sizeof weights,
                       "weights in %.12s as published: --weights q4_k_m or the like is its mix", dtype);
    else
        (void)snprintf(weights, sizeof weights, "weights in %.12s as published", dtype);
    (void)snprintf(model->note, sizeof model->note, "%.100s is read as %.63s, %s", typed, model->name, weights);
}

/* The entry's config, with the changes made, counted. */
static tr_status count_entry(const tr_catalog_model *entry, const char *changes, tr_model *out, tr_error *err)
{
    tr_config *config = tr_config_create();
    if (config == NULL)
        return tr_fail(err, TR_ENOMEM, "model", 0, "out of memory for the keys of a model");
    tr_status status = TR_OK;
    for (uint32_t i = 0; i < entry->key_count && status == TR_OK; i++)
        status = set_run(config, &tr_model_catalog_key[entry->first_key + i], err);
    const char *family = text_at(entry->family);
    if (status == TR_OK)
        status = tr_model_from_changed(config, *family == '\0' ? NULL : family, changes, out, err);
    tr_config_destroy(config);
    return status;
}

tr_status tr_model_catalog_get(const char *name, tr_model *out, tr_error *err)
{
    if (name == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0, "a model name is needed");
    char base[TYPED_SIZE];
    size_t length = 0;
    const char *const changes = tr_model_changes(name, &length);
    tr_weight_format format;
    if (tr_text_copy_span(base, sizeof base, name, length) >= sizeof base)
        return tr_fail(err, TR_EUNKNOWN, "model", 0, "no model has a name of %zu bytes", length);
    int is_packed;
    const tr_catalog_model *entry = tr_catalog_find(base, &format, &is_packed, err);
    if (entry == NULL)
        return TR_EUNKNOWN;
    const tr_status status = count_entry(entry, changes, out, err);
    if (status != TR_OK)
        return status;
    (void)snprintf(out->name, sizeof out->name, "%s", text_at(entry->name));
    (void)snprintf(out->hf_id, sizeof out->hf_id, "%s", text_at(entry->hf_id));
    (void)snprintf(out->source, sizeof out->source, "%s", text_at(entry->source));
    out->weight_total_byte = entry->weight_total_byte;
    pack_again(out, format);
    if (is_packed)
        note_name(out, base, format);
    tr_model_name_changes(out, changes);
    return TR_OK;
}
