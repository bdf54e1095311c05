/* io/tier_json.c -- memory tiers from the flat keys of a JSON file: of a chip, or of a kind of server. */
#include "io/tier_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "io/chip_json.h"
#include "io/json_value.h"

/* "price": {"usd_per_byte", "source", "date", "note"}: what the part costs to buy. */
static tr_status price_from_json(const tr_flat_entry *e, const char *key, tr_tier *tier, tr_tier_notes *notes,
                                 tr_error *err)
{
    char unused[256];
    tr_status s = TR_OK;
    if (strcmp(key, "usd_per_byte") == 0)
        return tr_value_between(e, TR_UNIT_USD, 1e-15, 1.0, e->kind == TR_FLAT_NULL, &tier->usd_per_byte, err);
    if (strcmp(key, "note") == 0)
        return tr_value_text(e, unused, sizeof unused, err);
    if (strcmp(key, "source") == 0)
        s = tr_value_text(e, notes->price_source, sizeof notes->price_source, err);
    else if (strcmp(key, "date") == 0)
        s = tr_value_date(e, notes->price_date, sizeof notes->price_date, err);
    else
        return tr_fail_at(err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                          "unknown key '%.64s' of a tier's price; expected usd_per_byte, source, date or note", key);
    (void)tr_text_copy(tier->price_source, sizeof tier->price_source, notes->price_source);
    if (notes->price_date[0] != '\0') {
        (void)tr_text_append(tier->price_source, sizeof tier->price_source, " (");
        (void)tr_text_append(tier->price_source, sizeof tier->price_source, notes->price_date);
        (void)tr_text_append(tier->price_source, sizeof tier->price_source, ")");
    }
    return s;
}

tr_status tr_tier_from_json(const tr_flat_entry *e, const char *rest, tr_tier *tiers, tr_tier_notes *notes,
                            size_t capacity, int *count, tr_error *err)
{
    size_t i;
    char unused[256];
    const char *key = tr_value_index(rest, capacity, &i);
    if (key == NULL)
        return tr_fail_at(err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "tiers is a list of at most %zu, the chip's own memory not among them", capacity);
    if ((int)i + 1 > *count) {
        *count = (int)i + 1;
        notes[i].line = e->line;
    }
    if (strcmp(key, "name") == 0)
        return tr_value_text(e, tiers[i].name, sizeof tiers[i].name, err);
    if (strcmp(key, "source") == 0)
        return tr_value_text(e, notes[i].source, sizeof notes[i].source, err);
    if (strcmp(key, "date") == 0)
        return tr_value_date(e, notes[i].date, sizeof notes[i].date, err);
    if (strcmp(key, "note") == 0)
        return tr_value_text(e, unused, sizeof unused, err);
    if (strcmp(key, "capacity_byte") == 0)
        return tr_value_between(e, TR_UNIT_BYTE, 1e6, 1e18, 0, &tiers[i].capacity_byte, err);
    if (strcmp(key, "read_byte_per_s") == 0)
        return tr_value_between(e, TR_UNIT_BYTE_PER_S, 1e3, 1e18, 0, &tiers[i].read_byte_per_s, err);
    if (strcmp(key, "write_byte_per_s") == 0)
        return tr_value_between(e, TR_UNIT_BYTE_PER_S, 1e3, 1e18, e->kind == TR_FLAT_NULL, &tiers[i].write_byte_per_s,
                                err);
    if (strcmp(key, "usd_per_byte_s") == 0)
        return tr_value_between(e, TR_UNIT_NONE, 1e-30, 1.0, e->kind == TR_FLAT_NULL,
                                &tiers[i].usd_per_byte_s, err);
    if (tr_flat_below(key, "price") != NULL)
        return price_from_json(e, tr_flat_below(key, "price"), &tiers[i], &notes[i], err);
    return tr_fail_at(
        err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
        "unknown key '%.64s' of a tier; expected name, capacity_byte, read_byte_per_s, write_byte_per_s, price, "
        "usd_per_byte_s, source, date or note",
        key);
}

tr_status tr_tiers_check(const tr_tier *tiers, const tr_tier_notes *notes, int count, int with_source,
                         tr_error *err)
{
    for (int i = 0; i < count; i++) {
        const int line = notes[i].line;
        if (tiers[i].name[0] == '\0' || !(tiers[i].capacity_byte > 0.0) || !(tiers[i].read_byte_per_s > 0.0))
            return tr_fail_at(err, TR_EMISSING, "tiers", (double)i, line, 0,
                              "a tier needs name, capacity_byte and read_byte_per_s");
        if (with_source && (notes[i].source[0] == '\0' || notes[i].date[0] == '\0'))
            return tr_fail_at(err, TR_EMISSING, "tiers.source", (double)i, line, 0,
                              "tier '%s' ships with its source and date", tiers[i].name);
        if (with_source && tiers[i].usd_per_byte > 0.0 &&
            (notes[i].price_source[0] == '\0' || notes[i].price_date[0] == '\0'))
            return tr_fail_at(err, TR_EMISSING, "tiers.price.source", (double)i, line, 0,
                              "the price of tier '%s' ships with its source and date", tiers[i].name);
        if (i > 0 && tiers[i].read_byte_per_s > tiers[i - 1].read_byte_per_s)
            return tr_fail_at(err, TR_ECONFLICT, "tiers", tiers[i].read_byte_per_s, line, 0,
                              "tiers go from fast to slow, but '%s' is faster than '%s' before it",
                              tiers[i].name, tiers[i - 1].name);
        for (int k = 0; k < i; k++)
            if (strcmp(tiers[i].name, tiers[k].name) == 0)
                return tr_fail_at(err, TR_ECONFLICT, "tiers", (double)i, line, 0, "tier '%s' is given twice",
                                  tiers[i].name);
    }
    return TR_OK;
}

/* "servers.pcie5.tiers.0.name": the name is the second word. */
static tr_server_row *row_of(const char **rest, tr_server_row *rows, size_t capacity, size_t *count)
{
    const size_t n = strcspn(*rest, ".");
    const char *name = *rest;
    if (n == 0 || n >= sizeof rows[0].name || name[n] != '.')
        return NULL;
    *rest = name + n + 1;
    for (size_t i = 0; i < *count; i++)
        if (strlen(rows[i].name) == n && memcmp(rows[i].name, name, n) == 0)
            return &rows[i];
    if (*count == capacity)
        return NULL;
    tr_server_row *row = &rows[(*count)++];
    memset(row, 0, sizeof *row);
    memcpy(row->name, name, n);
    return row;
}

enum { SERVER_MAX = 32 };

/* Too large for a stack. */
typedef struct servers_read {
    tr_server_row rows[SERVER_MAX];
    tr_tier_notes notes[SERVER_MAX][TR_TIER_MAX - 1];
} servers_read;

static tr_status read_servers(const tr_flat *flat, servers_read *r, size_t limit, size_t *count, tr_error *err)
{
    tr_server_row *const rows = r->rows;
    char unused[512];
    size_t found = 0;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *rest = tr_flat_below(e->key, "servers");
        tr_server_row *row = rest != NULL ? row_of(&rest, rows, limit, &found) : NULL;
        const char *tier = row != NULL ? tr_flat_below(rest, "tiers") : NULL;
        tr_status s = TR_OK;
        if (tier != NULL)
            s = tr_tier_from_json(e, tier, row->tier, r->notes[row - rows], TR_TIER_MAX - 1, &row->tier_count,
                                  err);
        else if ((row != NULL && strcmp(rest, "note") == 0) || strcmp(e->key, "note") == 0)
            s = tr_value_text(e, unused, sizeof unused, err);
        else
            s = tr_fail_at(
                err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                "unexpected '%.120s'; expected at most %zu of servers.NAME.tiers and servers.NAME.note",
                e->key, limit);
        if (s != TR_OK)
            return s;
    }
    for (size_t i = 0; i < found; i++) {
        const tr_status s = tr_tiers_check(rows[i].tier, r->notes[i], rows[i].tier_count, 1, err);
        if (s != TR_OK)
            return s;
    }
    *count = found;
    return TR_OK;
}

tr_status tr_servers_from_json(const tr_flat *flat, tr_server_row *out, size_t capacity, size_t *count,
                               tr_error *err)
{
    size_t found = 0;
    servers_read *r = calloc(1, sizeof *r);
    if (r == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    const tr_status s = read_servers(flat, r, capacity < SERVER_MAX ? capacity : SERVER_MAX, &found, err);
    if (s == TR_OK) {
        memcpy(out, r->rows, found * sizeof out[0]);
        *count = found;
    }
    free(r);
    return s;
}
