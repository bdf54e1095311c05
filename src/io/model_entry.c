/* io/model_entry.c -- one file of data/models: a catalog entry, checked. */
#include "io/model_entry.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"

/* A form is a key path in which '#' stands for a list position; everything below config is free. */
typedef struct form {
    const char *path;
    tr_flat_kind kind;
    int required;
} form;

static const form forms[] = {
    {"name", TR_FLAT_TEXT, 1},
    {"hf_id", TR_FLAT_TEXT, 1},
    {"licence", TR_FLAT_TEXT, 1},
    {"source", TR_FLAT_TEXT, 1},
    {"date", TR_FLAT_TEXT, 1},
    {"family", TR_FLAT_TEXT, 0},
    {"aliases.#", TR_FLAT_TEXT, 0},
    {"notes.#", TR_FLAT_TEXT, 0},
    {"weight_total_byte", TR_FLAT_NUMBER, 0},
    {"published.total_param", TR_FLAT_NUMBER, 0},
    {"published.active_param", TR_FLAT_NUMBER, 0},
    {"published.source", TR_FLAT_TEXT, 0},
    {"published.date", TR_FLAT_TEXT, 0},
    {"stored.param", TR_FLAT_NUMBER, 0},
    {"stored.source", TR_FLAT_TEXT, 0},
    {"stored.date", TR_FLAT_TEXT, 0},
    {"stored.differences.#.what", TR_FLAT_TEXT, 0},
    {"stored.differences.#.param", TR_FLAT_NUMBER, 0},
};

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* key equals path, '#' matching digits. */
static int matches(const char *path, const char *key)
{
    while (*path != '\0') {
        if (*path == '#') {
            if (!is_digit(*key))
                return 0;
            while (is_digit(*key))
                key++;
            path++;
        } else if (*path++ != *key++) {
            return 0;
        }
    }
    return *key == '\0';
}

static const form *form_of(const char *key)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (matches(forms[i].path, key))
            return &forms[i];
    return NULL;
}

static tr_status check_entry(const tr_flat_entry *e, tr_error *err)
{
    if (tr_flat_below(e->key, TR_ENTRY_CONFIG) != NULL)
        return TR_OK;
    const form *f = form_of(e->key);
    if (f == NULL)
        return tr_fail_at(
            err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
            "'%.80s' is not a key of a model file; the keys of a config.json go below \"config\"", e->key);
    if (f->kind != e->kind)
        return tr_fail_at(err, TR_EPARSE, e->key, 0.0, e->line, e->column, "%.80s: expected %s, found %s",
                          e->key, tr_flat_kind_name(f->kind), tr_flat_kind_name(e->kind));
    if (e->kind == TR_FLAT_TEXT && e->text[0] == '\0')
        return tr_fail_at(err, TR_EPARSE, e->key, 0.0, e->line, e->column,
                          "%.80s: expected a text, found an empty one", e->key);
    if (e->kind == TR_FLAT_NUMBER && !e->whole)
        return tr_fail_at(err, TR_EDOMAIN, e->key, e->number, e->line, e->column,
                          "%.80s: expected a whole number", e->key);
    if (e->kind == TR_FLAT_NUMBER && !(e->number > 0.0) && strstr(e->key, "differences") == NULL)
        return tr_fail_at(err, TR_EDOMAIN, e->key, e->number, e->line, e->column,
                          "%.80s: expected a number above 0", e->key);
    return TR_OK;
}

static const char *text_of(const tr_flat *flat, const char *key)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    return e == NULL || e->kind != TR_FLAT_TEXT ? "" : e->text;
}

static double number_of(const tr_flat *flat, const char *key)
{
    const tr_flat_entry *e = tr_flat_find(flat, key);
    return e == NULL ? 0.0 : e->number;
}

/* Lower-case letters, digits, dots and dashes: what people type without quotes. */
static int is_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (!((*c >= 'a' && *c <= 'z') || is_digit(*c) || *c == '.' || *c == '-'))
            return 0;
    return name[0] != '-' && name[0] != '.' && strlen(name) < 64;
}

static tr_status gather_aliases(const tr_flat *flat, tr_model_entry *out, tr_error *err)
{
    size_t used = 0;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        if (tr_flat_below(e->key, "aliases") == NULL)
            continue;
        const int written =
            snprintf(out->aliases + used, sizeof out->aliases - used, "%s%s", used > 0 ? "|" : "", e->text);
        if (written < 0 || (size_t)written >= sizeof out->aliases - used)
            return tr_fail_at(err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                              "the aliases together are too long");
        if (strchr(e->text, '|') != NULL)
            return tr_fail_at(err, TR_EPARSE, e->key, 0.0, e->line, e->column, "an alias must not hold '|'");
        used += (size_t)written;
    }
    return TR_OK;
}

double tr_model_entry_difference_param(const tr_model_entry *entry, const char *what)
{
    double sum = 0.0;
    for (size_t i = 0; i < tr_flat_count(entry->flat); i++) {
        const tr_flat_entry *e = tr_flat_at(entry->flat, i);
        if (!matches("stored.differences.#.what", e->key) || strncmp(e->text, what, strlen(what)) != 0)
            continue;
        char key[TR_JSON_KEY_MAX];
        const int stem = (int)(strlen(e->key) - strlen("what"));
        (void)snprintf(key, sizeof key, "%.*sparam", stem, e->key);
        sum += number_of(entry->flat, key);
    }
    return sum;
}

int tr_model_entry_is(const tr_flat *flat)
{
    int below_config = 0;
    for (size_t i = 0; i < tr_flat_count(flat) && !below_config; i++)
        below_config = tr_flat_below(tr_flat_at(flat, i)->key, TR_ENTRY_CONFIG) != NULL;
    return below_config && tr_flat_find(flat, "name") != NULL;
}

tr_status tr_model_entry_from_flat(tr_flat *flat, tr_model_entry *out, tr_error *err)
{
    int config_keys = 0;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const tr_status s = check_entry(e, err);
        if (s != TR_OK)
            return s;
        config_keys += tr_flat_below(e->key, TR_ENTRY_CONFIG) != NULL;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].required && tr_flat_find(flat, forms[i].path) == NULL)
            return tr_fail(err, TR_EMISSING, forms[i].path, 0.0, "a model file needs \"%s\"", forms[i].path);
    if (config_keys == 0)
        return tr_fail(err, TR_EMISSING, TR_ENTRY_CONFIG, 0.0,
                       "a model file needs \"config\" with the keys of a config.json");

    tr_model_entry e = {
        .flat = flat,
        .name = text_of(flat, "name"),
        .hf_id = text_of(flat, "hf_id"),
        .family = text_of(flat, "family"),
        .licence = text_of(flat, "licence"),
        .source = text_of(flat, "source"),
        .date = text_of(flat, "date"),
        .weight_total_byte = number_of(flat, "weight_total_byte"),
        .published_param = number_of(flat, "published.total_param"),
        .stored_param = number_of(flat, "stored.param"),
    };
    const tr_flat_entry *name = tr_flat_find(flat, "name");
    if (!is_name(e.name))
        return tr_fail_at(err, TR_EPARSE, "name", 0.0, name->line, name->column,
                          "expected a name of lower-case letters, digits, dots and dashes, found '%.80s'",
                          e.name);
    const tr_status s = gather_aliases(flat, &e, err);
    if (s != TR_OK)
        return s;
    e.difference_param = tr_model_entry_difference_param(&e, "");
    *out = e;
    return TR_OK;
}

tr_status tr_model_entry_read(const char *path, tr_model_entry *out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    tr_error inner = {.text = ""};
    tr_model_entry entry = {.name = ""};
    s = tr_model_entry_from_flat(flat, &entry, &inner);
    const char *file = tr_path_last(path);
    if (s == TR_OK) {
        const size_t length = strlen(entry.name);
        if (strncmp(file, entry.name, length) != 0 || strcmp(file + length, ".json") != 0) {
            const tr_flat_entry *name = tr_flat_find(flat, "name");
            s = tr_fail_at(&inner, TR_ECONFLICT, "name", 0.0, name->line, name->column,
                           "its name is '%.64s': expected the name of the file", entry.name);
        }
    }
    if (s == TR_OK) {
        *out = entry;
        return TR_OK;
    }
    tr_flat_destroy(flat);
    if (err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", file, inner.text);
    }
    return s;
}

void tr_model_entry_free(tr_model_entry *entry)
{
    if (entry == NULL)
        return;
    tr_flat_destroy(entry->flat);
    entry->flat = NULL;
}
