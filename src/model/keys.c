/* model/keys.c -- typed, range-checked reading of a config, keeping the first error. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "model/config_lookup.h"
#include "model/keys.h"

void tr_keys_init(tr_keys *keys, const tr_config *config, const char *prefix, tr_error *err)
{
    memset(keys, 0, sizeof *keys);
    keys->config = config;
    keys->err = err;
    (void)snprintf(keys->prefix, sizeof keys->prefix, "%s", prefix);
}

static int lookup_default(const tr_keys *keys, const char *name, size_t length, tr_value *value)
{
    memset(value, 0, sizeof *value);
    value->kind = TR_VALUE_NUMBER;
    return keys->defaults != NULL && tr_key_default(keys->defaults, name, length, &value->number);
}

static int lookup(const tr_keys *keys, const char *name, size_t length, tr_value *value)
{
    const size_t head = strlen(keys->prefix);
    const uint32_t hash = tr_config_hash(TR_CONFIG_HASH_START, keys->prefix, head);
    if (!tr_config_lookup(keys->config, tr_config_hash(hash, name, length), keys->prefix, head, name, length,
                          value))
        return 0;
    if (keys->read != NULL)
        keys->read[value->place / 8] |= (unsigned char)(1u << value->place % 8);
    return 1;
}

void tr_keys_know(const tr_keys *keys, const char *names)
{
    for (const char *at = names;;) {
        char first[128]; /* one item stands for its list */
        tr_value value;
        const size_t length = strcspn(at, "|");
        (void)lookup(keys, at, length, &value);
        (void)lookup(keys, first, (size_t)snprintf(first, sizeof first, "%.*s.0", (int)length, at), &value);
        if (at[length] == '\0')
            return;
        at += length + 1;
    }
}

/* The first of names that is present and not null; *name and *length tell which (the first one if none). */
static int find_by(const tr_keys *keys, const char *names, const char **name, size_t *length, tr_value *value,
                   int (*look)(const tr_keys *, const char *, size_t, tr_value *))
{
    for (const char *at = names;;) {
        const size_t n = strcspn(at, "|");
        if (look(keys, at, n, value) && value->kind != TR_VALUE_NULL) {
            *name = at;
            *length = n;
            if (at[n] == '|' && keys->read != NULL)
                tr_keys_know(keys, at + n + 1); /* the same under other names */
            return 1;
        }
        if (at[n] == '\0')
            return 0;
        at += n + 1;
    }
}

static int find(const tr_keys *keys, const char *names, const char **name, size_t *length, tr_value *value)
{
    *name = names;
    *length = strcspn(names, "|");
    return find_by(keys, names, name, length, value, lookup) ||
           (keys->defaults != NULL && find_by(keys, names, name, length, value, lookup_default));
}

int tr_keys_find(const tr_keys *keys, const char *names, tr_value *value)
{
    const char *name;
    size_t length;
    return find(keys, names, &name, &length, value);
}

int tr_keys_has(const tr_keys *keys, const char *names)
{
    tr_value value;
    return tr_keys_find(keys, names, &value);
}

int tr_keys_was_read(const tr_keys *keys, size_t place)
{
    return keys->read != NULL && (keys->read[place / 8] >> place % 8 & 1) != 0;
}

static int lookup_shape(const tr_keys *keys, const char *name, size_t length, tr_value *value)
{
    const size_t head = strlen(keys->prefix);
    const uint32_t hash = tr_config_hash(TR_CONFIG_HASH_START, keys->prefix, head);
    const tr_config *shapes = tr_config_shapes(keys->config);
    if (shapes == NULL ||
        !tr_config_lookup(shapes, tr_config_hash(hash, name, length), keys->prefix, head, name, length, value))
        return 0;
    value->kind = TR_VALUE_SHAPE;
    return 1;
}

/* What one plain value is wanted of: also an object or the like, which is none and which a default must not hide. */
static int typed(const tr_keys *keys, const char *names, tr_value *value)
{
    const char *name = names;
    size_t length = 0;
    return tr_keys_find(keys, names, value) || find_by(keys, names, &name, &length, value, lookup_shape);
}

void tr_keys_fail(tr_keys *keys, tr_status status, const char *names, double value, const char *text, ...)
{
    if (keys->status != TR_OK)
        return;
    const char *name;
    size_t length;
    tr_value found;
    const int line = find(keys, names, &name, &length, &found) ||
                             find_by(keys, names, &name, &length, &found, lookup_shape)
                         ? found.line
                         : 0;
    char field[320], sentence[320];
    (void)snprintf(field, sizeof field, "%s%.*s", keys->prefix, (int)length, name);
    va_list args;
    va_start(args, text);
    (void)vsnprintf(sentence, sizeof sentence, text, args);
    va_end(args);
    keys->status = tr_fail_at(keys->err, status, field, value, line, 0, "%s %s", field, sentence);
}

static const char *word_of(const tr_value *value)
{
    switch (value->kind) {
    case TR_VALUE_SHAPE: return value->text;
    case TR_VALUE_NULL: return "null";
    case TR_VALUE_NUMBER: return "a number";
    case TR_VALUE_TEXT: return "text";
    case TR_VALUE_BOOL: return "true or false";
    }
    return "unknown";
}

/* A whole number as a person writes it: no exponent below 1e15. */
static const char *plain(double value, char out[32])
{
    (void)snprintf(out, 32, fabs(value) < 1e15 ? "%.15g" : "%.6g", value);
    return out;
}

static double check_whole(tr_keys *keys, const char *names, const tr_value *value, double least, double most)
{
    char got[32], low[32], high[32];
    if (value->kind != TR_VALUE_NUMBER)
        tr_keys_fail(keys, TR_EDOMAIN, names, 0, "is %s; expected a whole number of at least %s",
                     word_of(value), plain(least, low));
    else if (!(value->number >= least && value->number <= most && value->number == floor(value->number)))
        tr_keys_fail(keys, TR_EDOMAIN, names, value->number, "is %s; expected a whole number from %s to %s",
                     plain(value->number, got), plain(least, low), plain(most, high));
    return keys->status == TR_OK ? value->number : least;
}

static void missing(tr_keys *keys, const char *names, const char *expected)
{
    if (strchr(names, '|') == NULL)
        tr_keys_fail(keys, TR_EMISSING, names, 0, "is missing; expected %s", expected);
    else
        tr_keys_fail(keys, TR_EMISSING, names, 0, "is missing; expected %s under one of %s", expected, names);
}

double tr_keys_whole(tr_keys *keys, const char *names, double least, double most)
{
    tr_value value;
    if (keys->status != TR_OK)
        return least;
    if (!typed(keys, names, &value)) {
        missing(keys, names, "a whole number");
        return least;
    }
    return check_whole(keys, names, &value, least, most);
}

double tr_keys_whole_or(tr_keys *keys, const char *names, double least, double most, double fallback)
{
    tr_value value;
    if (keys->status != TR_OK)
        return least;
    return typed(keys, names, &value) ? check_whole(keys, names, &value, least, most) : fallback;
}

double tr_keys_dim(tr_keys *keys, const char *names)
{
    return tr_keys_whole(keys, names, 1, TR_KEYS_DIM_MAX);
}

double tr_keys_dim_or(tr_keys *keys, const char *names, double fallback)
{
    return tr_keys_whole_or(keys, names, 1, TR_KEYS_DIM_MAX, fallback);
}

double tr_keys_number_or(tr_keys *keys, const char *names, double least, double most, double fallback)
{
    tr_value value;
    if (keys->status != TR_OK || !typed(keys, names, &value))
        return fallback;
    if (value.kind != TR_VALUE_NUMBER)
        tr_keys_fail(keys, TR_EDOMAIN, names, 0, "is %s; expected a number", word_of(&value));
    else if (!(value.number >= least && value.number <= most))
        tr_keys_fail(keys, TR_EDOMAIN, names, value.number, "is %g; expected %g to %g", value.number, least,
                     most);
    return keys->status == TR_OK ? value.number : fallback;
}

static int check_bool(tr_keys *keys, const char *names, const tr_value *value)
{
    if (value->kind != TR_VALUE_BOOL)
        tr_keys_fail(keys, TR_EDOMAIN, names, value->number, "is %s; expected true or false",
                     word_of(value));
    return keys->status == TR_OK && value->number > 0;
}

int tr_keys_bool(tr_keys *keys, const char *names)
{
    tr_value value;
    if (keys->status != TR_OK)
        return 0;
    if (!typed(keys, names, &value)) {
        missing(keys, names, "true or false");
        return 0;
    }
    return check_bool(keys, names, &value);
}

int tr_keys_bool_or(tr_keys *keys, const char *names, int fallback)
{
    tr_value value;
    if (keys->status != TR_OK || !typed(keys, names, &value))
        return fallback;
    return check_bool(keys, names, &value);
}

static const char *check_text(tr_keys *keys, const char *names, const tr_value *value)
{
    if (value->kind != TR_VALUE_TEXT)
        tr_keys_fail(keys, TR_EDOMAIN, names, value->number, "is %s; expected text", word_of(value));
    return keys->status == TR_OK ? value->text : "";
}

const char *tr_keys_text(tr_keys *keys, const char *names)
{
    tr_value value;
    if (keys->status != TR_OK)
        return "";
    if (!typed(keys, names, &value)) {
        missing(keys, names, "text");
        return "";
    }
    return check_text(keys, names, &value);
}

const char *tr_keys_text_or(tr_keys *keys, const char *names, const char *fallback)
{
    tr_value value;
    if (keys->status != TR_OK || !typed(keys, names, &value))
        return fallback;
    return check_text(keys, names, &value);
}

/* ---- lists ----------------------------------------------------------------- */

/* "name.index" into out; names here are short constants. By hand: lists are read once for every layer. */
static const char *item(const char *name, size_t index, char out[128])
{
    char digits[24];
    size_t count = 0, length = strlen(name);
    length = length < 100 ? length : 100;
    memcpy(out, name, length);
    out[length++] = '.';
    do
        digits[count++] = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    while (count > 0)
        out[length++] = digits[--count];
    out[length] = '\0';
    return out;
}

int tr_keys_item_find(const tr_keys *keys, const char *name, size_t index, tr_value *value)
{
    char path[128];
    (void)item(name, index, path);
    return lookup(keys, path, strlen(path), value);
}

size_t tr_keys_list_length(const tr_keys *keys, const char *name)
{
    size_t length = 0;
    tr_value value;
    while (tr_keys_item_find(keys, name, length, &value))
        length++;
    return length;
}

double tr_keys_item_whole(tr_keys *keys, const char *name, size_t index, double least, double most)
{
    char path[128];
    return tr_keys_whole(keys, item(name, index, path), least, most);
}

const char *tr_keys_item_text(tr_keys *keys, const char *name, size_t index)
{
    char path[128];
    return tr_keys_text(keys, item(name, index, path));
}

void tr_keys_list_expect(tr_keys *keys, const char *name, double least, double most, const char *of)
{
    if (keys->status != TR_OK)
        return;
    const double length = (double)tr_keys_list_length(keys, name);
    if (!(length > 0) || (length >= least && length <= most))
        return;
    char path[128];
    tr_keys_fail(keys, TR_ECONFLICT, item(name, 0, path), length,
                 "starts a list of %.0f items; expected one for each of the %.0f %s", length, least, of);
}
