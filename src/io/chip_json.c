/* io/chip_json.c -- one chip from the flat keys of a JSON file. */
#include "io/chip_json.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "chip/chip_price.h"
#include "chip/field.h"
#include "io/json_value.h"
#include "io/tier_json.h"

/* Groups whose numbers may have a source and a date of their own. */
static const char GROUP[][24] = {"flop_per_s", "measured_flop_per_s", "memory", "memory.usable", "cache",
                                 "power", "scaleup", "host", "scaleout"};
enum { GROUP_COUNT = sizeof GROUP / sizeof GROUP[0] };

typedef struct quote_read {   /* a price while it is being read */
    tr_chip_quote quote;
    char kind[20];
    int line;
} quote_read;

typedef struct reader {
    tr_chip_entry entry;
    quote_read quote[TR_QUOTE_MAX];
    int quote_count;
    tr_tier tier[TR_TIER_MAX - 1];
    tr_tier_notes tier_notes[TR_TIER_MAX - 1];
    int tier_count;           /* -1 = none given */
    int server_line;
    double given_usd_per_hour;
    tr_strictness strictness;
    tr_error *err;
} reader;

/* Every key there is, for "did you mean". */
static const char *known_key(size_t index, const void *context)
{
    static const char extra[][32] = {"alias", "price",      "server",     "tiers",
                                     "chip",  "chip_count", "domain_chip"};
    (void)context;
    if (index < tr_chip_field_count())
        return tr_chip_field_at(index)->path;
    index -= tr_chip_field_count();
    return index < sizeof extra / sizeof extra[0] ? extra[index] : NULL;
}

/* One of a field's words into an enum, which is as large as an int. */
static tr_status read_word(const tr_chip_field *field, const tr_flat_entry *e, char *at, tr_error *err)
{
    char text[32], words[64] = "";
    tr_status s = tr_value_text(e, text, sizeof text, err);
    if (s != TR_OK || text[0] == '\0')
        return s;
    const int place = tr_chip_field_word(field, text);
    if (place >= 0) {
        memcpy(at, &place, sizeof place);
        return TR_OK;
    }
    for (int i = 0; i < (int)(sizeof field->word / sizeof field->word[0]) && field->word[i][0] != '\0'; i++) {
        (void)tr_text_append(words, sizeof words, i > 0 ? " " : "");
        (void)tr_text_append(words, sizeof words, field->word[i]);
    }
    return tr_fail_at(err, TR_EDOMAIN, e->key, 0.0, e->line, e->column, "%s must be one of: %s; not '%.31s'", e->key,
                      words, text);
}

static tr_status read_field(reader *r, const tr_chip_field *field, const tr_flat_entry *e)
{
    tr_chip *chip = &r->entry.chip;
    char *at = (char *)chip + field->offset;
    if (field->kind == TR_CHIP_TEXT)
        return tr_value_text(e, at, field->size, r->err);
    if (field->kind == TR_CHIP_DATE)
        return tr_value_date(e, at, field->size, r->err);
    if (field->kind == TR_CHIP_WORD)
        return read_word(field, e, at, r->err);
    if (field->kind == TR_CHIP_FLAG) {
        const int flag = e->kind == TR_FLAT_BOOL && e->number > 0.0;
        if (e->kind != TR_FLAT_BOOL && e->kind != TR_FLAT_NULL)
            return tr_value_wrong_kind(e, "true or false", r->err);
        memcpy(at, &flag, sizeof flag);
        return TR_OK;
    }
    double value = 0.0;
    tr_status s = tr_value_number(e, field->unit, &value, r->err);
    if (s != TR_OK)
        return s;
    tr_error inner;
    s = field->required && e->kind == TR_FLAT_NULL ? TR_OK
                                                   : tr_chip_field_check(field, e->key, value, &inner);
    if (s != TR_OK)
        return tr_fail_at(r->err, s == TR_EMISSING ? TR_EDOMAIN : s, e->key, value, e->line, e->column, "%s",
                          inner.text);
    if (field->kind == TR_CHIP_YEAR)
        chip->year = (int)value;
    else
        *tr_chip_field_number(chip, field) = value;
    return TR_OK;
}

static tr_status read_alias(reader *r, const char *rest, const tr_flat_entry *e)
{
    size_t i;
    const char *end = tr_value_index(rest, TR_ALIAS_MAX, &i);
    if (end == NULL || *end != '\0')
        return tr_fail_at(r->err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "alias is a list of at most %d names", TR_ALIAS_MAX);
    char text[TR_NAME_MAX];
    const tr_status s = tr_value_text(e, text, sizeof text, r->err);
    if (s != TR_OK)
        return s;
    tr_name_spell(text, r->entry.alias[i]);
    r->entry.alias_count = (int)i + 1;
    return TR_OK;
}

static tr_status read_price(reader *r, const char *rest, const tr_flat_entry *e)
{
    size_t i;
    const char *key = tr_value_index(rest, TR_QUOTE_MAX, &i);
    if (key == NULL)
        return tr_fail_at(r->err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "price is a list of at most %d quotes", TR_QUOTE_MAX);
    if ((int)i + 1 > r->quote_count) {
        r->quote_count = (int)i + 1;
        r->quote[i].line = e->line;
    }
    tr_chip_quote *q = &r->quote[i].quote;
    if (strcmp(key, "kind") == 0)
        return tr_value_text(e, r->quote[i].kind, sizeof r->quote[i].kind, r->err);
    if (strcmp(key, "source") == 0)
        return tr_value_text(e, q->source, sizeof q->source, r->err);
    if (strcmp(key, "date") == 0)
        return tr_value_date(e, q->date, sizeof q->date, r->err);
    double *to = strcmp(key, "usd_per_hour") == 0 ? &q->usd_per_hour
               : strcmp(key, "low_usd_per_hour") == 0 ? &q->low_usd_per_hour
               : strcmp(key, "high_usd_per_hour") == 0 ? &q->high_usd_per_hour : NULL;
    if (to == NULL)
        return tr_fail_at(r->err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                          "unknown key '%.64s' of a price; expected kind, usd_per_hour, low_usd_per_hour, "
                          "high_usd_per_hour, source or date", key);
    return tr_value_between(e, TR_UNIT_USD_PER_HOUR, 1e-6, 1e6, e->kind == TR_FLAT_NULL, to, r->err);
}

static tr_status read_entry(reader *r, const char *key, const tr_flat_entry *e)
{
    const char *rest;
    char unused[256];
    const tr_chip_field *field = tr_chip_field_find(key);
    if (field != NULL) {
        const tr_status s = read_field(r, field, e);
        if (s == TR_OK && strcmp(key, "usd_per_hour") == 0)
            r->given_usd_per_hour = r->entry.chip.usd_per_hour;
        return s;
    }
    if ((rest = tr_flat_below(key, "alias")) != NULL)
        return read_alias(r, rest, e);
    if ((rest = tr_flat_below(key, "price")) != NULL)
        return read_price(r, rest, e);
    if ((rest = tr_flat_below(key, "tiers")) != NULL)
        return tr_tier_from_json(e, rest, r->tier, r->tier_notes, TR_TIER_MAX - 1, &r->tier_count, r->err);
    if (strcmp(key, "tiers") == 0 && e->kind == TR_FLAT_EMPTY_LIST) {
        r->tier_count = 0;
        return TR_OK;
    }
    if ((strcmp(key, "alias") == 0 || strcmp(key, "price") == 0) &&
        (e->kind == TR_FLAT_EMPTY_LIST || e->kind == TR_FLAT_NULL))
        return TR_OK;
    if (strcmp(key, "server") == 0) {
        r->server_line = e->line;
        return tr_value_text(e, r->entry.server, sizeof r->entry.server, r->err);
    }
    for (int g = 0; g < GROUP_COUNT; g++) {
        if (strcmp(key, GROUP[g]) == 0)
            return e->kind == TR_FLAT_EMPTY_OBJECT || e->kind == TR_FLAT_NULL
                       ? TR_OK : tr_value_wrong_kind(e, "an object in braces", r->err);
        if ((rest = tr_flat_below(key, GROUP[g])) != NULL) {
            if (strcmp(rest, "source") == 0 || strcmp(rest, "note") == 0)
                return tr_value_text(e, unused, sizeof unused, r->err);
            if (strcmp(rest, "date") == 0)
                return tr_value_date(e, unused, sizeof unused, r->err);
            if (strcmp(rest, "confidence") == 0) /* of the group alone: for a reader of the file */
                return tr_value_text(e, unused, sizeof unused, r->err);
            if (g == 0 && strstr(rest, "sparse") != NULL)
                return tr_fail_at(r->err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                                  "'%.64s': only dense ceilings are read; sparse figures never enter",
                                  e->key);
        }
    }
    return tr_value_unknown_key(e, known_key, NULL, r->err);
}

/* ---- prices --------------------------------------------------------------- */

/* What a quote does not say follows from what it does: the middle of a range, and a range of one price. */
static tr_status finish_quote(reader *r, quote_read *read)
{
    tr_chip_quote *q = &read->quote;
    q->kind = tr_price_kind_find(read->kind);
    if (q->kind == TR_PRICE_NONE)
        return tr_fail_at(r->err, read->kind[0] == '\0' ? TR_EMISSING : TR_EUNKNOWN, "price.kind", 0.0, read->line, 0,
                          "a price needs a kind: given, on-demand, reserved, 3yr, owned, owned-hyperscaler or "
                          "spot%s%.19s", read->kind[0] == '\0' ? "" : "; not ", read->kind);
    if (!(q->usd_per_hour > 0.0 || q->low_usd_per_hour > 0.0))
        return tr_fail_at(r->err, TR_EMISSING, "price.usd_per_hour", 0.0, read->line, 0,
                          "a price needs usd_per_hour, or low_usd_per_hour with an optional high_usd_per_hour");
    if (!(q->usd_per_hour > 0.0))
        q->usd_per_hour = q->high_usd_per_hour > 0.0 ? (q->low_usd_per_hour + q->high_usd_per_hour) / 2.0
                                                     : q->low_usd_per_hour;
    if (!(q->low_usd_per_hour > 0.0))
        q->low_usd_per_hour = q->usd_per_hour;
    if (!(q->high_usd_per_hour > 0.0))
        q->high_usd_per_hour = q->usd_per_hour;
    tr_error inner;
    const tr_status s = tr_quote_check(q, q->kind, &inner);
    if (s != TR_OK)
        return tr_fail_at(r->err, s, "price.usd_per_hour", q->usd_per_hour, read->line, 0, "%s", inner.text);
    if (r->strictness == TR_READ_CATALOG && (q->source[0] == '\0' || q->date[0] == '\0'))
        return tr_fail_at(r->err, TR_EMISSING, "price.source", 0.0, read->line, 0,
                          "a price ships with its source and date");
    tr_chip_quote *place = &r->entry.chip.quote[q->kind];
    if (place->kind != TR_PRICE_NONE)
        return tr_fail_at(r->err, TR_ECONFLICT, "price.kind", 0.0, read->line, 0, "two prices of kind %s",
                          tr_price_kind_name(q->kind));
    *place = *q;
    return TR_OK;
}

static tr_status finish_prices(reader *r)
{
    tr_chip *chip = &r->entry.chip;
    for (int i = 0; i < r->quote_count; i++) {
        const tr_status s = finish_quote(r, &r->quote[i]);
        if (s != TR_OK)
            return s;
    }
    if (r->given_usd_per_hour > 0.0)
        chip->quote[TR_PRICE_GIVEN] = (tr_chip_quote){.kind = TR_PRICE_GIVEN,
                                                      .usd_per_hour = r->given_usd_per_hour,
                                                      .low_usd_per_hour = r->given_usd_per_hour,
                                                      .high_usd_per_hour = r->given_usd_per_hour,
                                                      .source = "given in the file"};
    tr_chip_default_price(chip);
    return TR_OK;
}

/* ---- the whole ------------------------------------------------------------ */

static tr_status finish_tiers(reader *r, tr_server_find server, const void *context)
{
    tr_chip *chip = &r->entry.chip;
    if (r->tier_count >= 0 && r->entry.server[0] != '\0')
        return tr_fail_at(r->err, TR_ECONFLICT, "server", 0.0, r->server_line, 0,
                          "give the memory tiers by server or by tiers, not both");
    if (r->entry.server[0] != '\0') {
        const tr_server_row *row = server != NULL ? server(context, r->entry.server) : NULL;
        if (row == NULL)
            return tr_fail_at(r->err, TR_EUNKNOWN, "server", 0.0, r->server_line, 0,
                              "no kind of server is called \"%s\"", r->entry.server);
        r->tier_count = row->tier_count;
        memcpy(r->tier, row->tier, sizeof r->tier);
    } else {
        const tr_status s =
            tr_tiers_check(r->tier, r->tier_notes, r->tier_count, r->strictness == TR_READ_CATALOG, r->err);
        if (s != TR_OK)
            return s;
    }
    chip->tier_count = 1;
    for (int i = 0; i < r->tier_count; i++)
        chip->tier[chip->tier_count++] = r->tier[i];
    tr_chip_set_own_tier(chip);
    return TR_OK;
}

static tr_status finish(reader *r, tr_server_find server, const void *context)
{
    tr_chip *chip = &r->entry.chip;
    if (chip->name[0] == '\0')
        return tr_fail(r->err, TR_EMISSING, "name", 0.0, "a chip needs a name: \"name\": \"my-chip\"");
    if (chip->title[0] == '\0')
        memcpy(chip->title, chip->name, sizeof chip->name);
    if (!(chip->scaleup_domain_chip > 0.0))
        chip->scaleup_domain_chip = 1.0;
    /* What is on the box is all there is to use where no driver's figure is given. */
    if (!(chip->memory_byte > 0.0))
        chip->memory_byte = chip->label_memory_byte;
    if (!(chip->label_memory_byte < chip->memory_byte || chip->label_memory_byte > chip->memory_byte))
        chip->label_memory_byte = 0.0;
    tr_status s = finish_prices(r);
    if (s == TR_OK)
        s = finish_tiers(r, server, context);
    if (s != TR_OK)
        return s;
    /* Without figures there is no own memory to be the first tier; tr_chip_check says what is missing. */
    if (!(chip->memory_byte > 0.0) || !(chip->memory_byte_per_s > 0.0))
        chip->tier_count = 0;
    if (r->strictness == TR_READ_USER)
        return tr_chip_check(chip, r->err);
    if (chip->source[0] == '\0' || chip->date[0] == '\0' || chip->confidence[0] == '\0' ||
        chip->vendor[0] == '\0')
        return tr_fail(r->err, TR_EMISSING, "source", 0.0,
                       "a chip of the catalog has vendor, source, date and confidence");
    const int nothing = !(chip->memory_byte > 0.0) && !(chip->memory_byte_per_s > 0.0);
    if (!tr_chip_has_figures(chip) && !nothing)
        return tr_chip_check(chip, r->err);
    return tr_chip_check_ranges(chip, r->err);
}

tr_status tr_chip_from_json(const tr_flat *flat, const char *prefix, tr_strictness strictness,
                            tr_server_find server, const void *context, tr_chip_entry *out, tr_error *err)
{
    reader r;
    memset(&r, 0, sizeof r);
    r.strictness = strictness;
    r.tier_count = -1;
    r.err = err;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *key = tr_flat_below(e->key, prefix);
        const tr_status s = key != NULL ? read_entry(&r, key, e) : TR_OK;
        if (s != TR_OK)
            return s;
    }
    const tr_status s = finish(&r, server, context);
    if (s == TR_OK)
        *out = r.entry;
    return s;
}
