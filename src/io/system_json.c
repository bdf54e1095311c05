/* io/system_json.c -- one system from the flat keys of a JSON file: which chip, how many, how far its links
 * reach. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "io/chip_json.h"
#include "io/json_value.h"

static const char KEY[][24] = { "name", "title", "alias", "chip", "chip_count", "domain_chip", "usd_per_hour",
                                "price_source", "price_date", "note", "source", "date", "confidence" };

static const char *known_key(size_t index, const void *context)
{
    (void)context;
    return index < sizeof KEY / sizeof KEY[0] ? KEY[index] : NULL;
}

int tr_json_is_system(const tr_flat *flat)
{
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const char *key = tr_flat_at(flat, i)->key;
        if (strcmp(key, "chip") == 0 || strcmp(key, "chip_count") == 0 || tr_flat_below(key, "chip") != NULL)
            return 1;
    }
    return 0;
}

typedef struct reader {
    tr_system_entry entry;
    char price_source[96], price_date[12], confidence[16];
    int chip_inside, count_line, domain_line, price_line;
} reader;

static tr_status read_alias(tr_system_entry *entry, const char *rest, const tr_flat_entry *e, tr_error *err)
{
    size_t i;
    const char *end = tr_value_index(rest, TR_ALIAS_MAX, &i);
    if (end == NULL || *end != '\0')
        return tr_fail_at(err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "alias is a list of at most %d names", TR_ALIAS_MAX);
    char text[TR_NAME_MAX];
    const tr_status s = tr_value_text(e, text, sizeof text, err);
    if (s != TR_OK)
        return s;
    tr_name_spell(text, entry->alias[i]);
    entry->alias_count = (int)i + 1;
    return TR_OK;
}

static tr_status read_entry(reader *r, const tr_flat_entry *e, tr_error *err)
{
    tr_system_row *row = &r->entry.row;
    const char *key = e->key, *rest;
    const struct { const char *key; char *to; size_t size; } text[] = {
        { "name", row->name, sizeof row->name },
        { "title", row->title, sizeof row->title },
        { "note", row->note, sizeof row->note },
        { "source", row->source, sizeof row->source },
        { "chip", r->entry.chip_name, sizeof r->entry.chip_name },
        { "price_source", r->price_source, sizeof r->price_source },
        { "confidence", r->confidence, sizeof r->confidence },
    };
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (strcmp(key, text[i].key) == 0)
            return tr_value_text(e, text[i].to, text[i].size, err);
    if (strcmp(key, "date") == 0)
        return tr_value_date(e, row->date, sizeof row->date, err);
    if (strcmp(key, "price_date") == 0)
        return tr_value_date(e, r->price_date, sizeof r->price_date, err);
    if ((rest = tr_flat_below(key, "alias")) != NULL)
        return read_alias(&r->entry, rest, e, err);
    if (strcmp(key, "alias") == 0 && e->kind == TR_FLAT_EMPTY_LIST)
        return TR_OK;
    if (tr_flat_below(key, "chip") != NULL) {
        r->chip_inside = 1;
        return TR_OK;
    }
    if (strcmp(key, "chip_count") == 0) {
        r->count_line = e->line;
        return tr_value_between(e, TR_UNIT_NONE, 1.0, 1e9, 0, &row->chip_count, err);
    }
    if (strcmp(key, "domain_chip") == 0) {
        r->domain_line = e->line;
        return tr_value_between(e, TR_UNIT_NONE, 1.0, 1e9, e->kind == TR_FLAT_NULL, &row->domain_chip, err);
    }
    if (strcmp(key, "usd_per_hour") == 0) {
        r->price_line = e->line;
        return tr_value_between(e, TR_UNIT_USD_PER_HOUR, 1e-6, 1e9, e->kind == TR_FLAT_NULL,
                                &row->usd_per_hour, err);
    }
    return tr_value_unknown_key(e, known_key, NULL, err);
}

static tr_status finish(reader *r, tr_strictness strictness, tr_error *err)
{
    tr_system_row *row = &r->entry.row;
    if (row->name[0] == '\0')
        return tr_fail(err, TR_EMISSING, "name", 0.0, "a system needs a name: \"name\": \"my-box\"");
    if (r->chip_inside == (r->entry.chip_name[0] != '\0'))
        return tr_fail(err, TR_EMISSING, "chip", 0.0,
                       "a system needs its chip: a name, or an object that describes one");
    if (!(row->chip_count >= 1.0))
        return tr_fail(err, TR_EMISSING, "chip_count", 0.0,
                       "a system needs chip_count: how many chips it has");
    if (floor(row->chip_count) < row->chip_count)
        return tr_fail_at(err, TR_EDOMAIN, "chip_count", row->chip_count, r->count_line, 0,
                          "chip_count must be a whole number, not %g", row->chip_count);
    if (row->domain_chip > row->chip_count || floor(row->domain_chip) < row->domain_chip)
        return tr_fail_at(err, TR_ECONFLICT, "domain_chip", row->domain_chip, r->domain_line, 0,
                          "domain_chip (%g) must be a whole number and at most chip_count (%g)",
                          row->domain_chip, row->chip_count);
    if (row->title[0] == '\0')
        memcpy(row->title, row->name, sizeof row->name);
    if (strictness == TR_READ_CATALOG) {
        if (row->source[0] == '\0' || row->date[0] == '\0')
            return tr_fail(err, TR_EMISSING, "source", 0.0, "a system of the catalog has source and date");
        if (row->usd_per_hour > 0.0 && (r->price_source[0] == '\0' || r->price_date[0] == '\0'))
            return tr_fail_at(err, TR_EMISSING, "price_source", 0.0, r->price_line, 0,
                              "a price ships with its source and date");
    }
    if (row->usd_per_hour > 0.0) {
        (void)snprintf(row->price_source, sizeof row->price_source, "whole system%s%s",
                       r->price_source[0] != '\0' ? ": " : "", r->price_source);
        memcpy(row->price_date, r->price_date, sizeof row->price_date);
    }
    return TR_OK;
}

tr_status tr_system_from_json(const tr_flat *flat, tr_strictness strictness, tr_system_entry *out,
                              tr_error *err)
{
    reader r;
    memset(&r, 0, sizeof r);
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_status s = read_entry(&r, tr_flat_at(flat, i), err);
        if (s != TR_OK)
            return s;
    }
    const tr_status s = finish(&r, strictness, err);
    if (s == TR_OK)
        *out = r.entry;
    return s;
}
