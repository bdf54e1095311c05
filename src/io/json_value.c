/* io/json_value.c -- one flat entry into a number, a text or a list index, with errors that name key and
 * line. */
#include "io/json_value.h"

#include <string.h>

#include "base/fail.h"
#include "chip/field.h"

tr_status tr_value_wrong_kind(const tr_flat_entry *e, const char *expected, tr_error *err)
{
    return tr_fail_at(err, TR_EPARSE, e->key, e->number, e->line, e->column, "'%.120s' must be %s, not %s",
                      e->key, expected, tr_flat_kind_name(e->kind));
}

tr_status tr_value_number(const tr_flat_entry *e, tr_unit unit, double *out, tr_error *err)
{
    if (e->kind == TR_FLAT_NULL) {
        *out = 0.0;
        return TR_OK;
    }
    if (e->kind == TR_FLAT_NUMBER) {
        *out = e->number;
        return TR_OK;
    }
    if (e->kind != TR_FLAT_TEXT)
        return tr_value_wrong_kind(e, "a number", err);
    tr_error inner;
    const tr_status s = tr_quantity_parse(e->text, unit, out, &inner);
    if (s != TR_OK)
        return tr_fail_at(err, s, e->key, inner.value, e->line, e->column, "'%.100s': %.200s", e->key,
                          inner.text);
    return TR_OK;
}

tr_status tr_value_between(const tr_flat_entry *e, tr_unit unit, double min, double max, int zero_ok,
                           double *out, tr_error *err)
{
    double value = 0.0;
    const tr_status s = tr_value_number(e, unit, &value, err);
    if (s != TR_OK)
        return s;
    if (!(value >= min && value <= max) && !(zero_ok && value == 0.0))
        return tr_fail_at(err, TR_EDOMAIN, e->key, value, e->line, e->column,
                          "'%.120s' must be between %g and %g, not %g", e->key, min, max, value);
    *out = value;
    return TR_OK;
}

tr_status tr_value_text(const tr_flat_entry *e, char *out, size_t size, tr_error *err)
{
    if (e->kind == TR_FLAT_NULL) {
        out[0] = '\0';
        return TR_OK;
    }
    if (e->kind != TR_FLAT_TEXT)
        return tr_value_wrong_kind(e, "a text", err);
    const size_t length = strlen(e->text);
    if (length >= size)
        return tr_fail_at(err, TR_ECAPACITY, e->key, (double)length, e->line, e->column,
                          "'%.120s' is %zu bytes long; at most %zu fit", e->key, length, size - 1);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)e->text[i] < 0x20 || e->text[i] == 0x7f)
            return tr_fail_at(err, TR_EDOMAIN, e->key, (double)e->text[i], e->line, e->column,
                              "'%.120s' holds a control character", e->key);
    memcpy(out, e->text, length + 1);
    return TR_OK;
}

tr_status tr_value_date(const tr_flat_entry *e, char *out, size_t size, tr_error *err)
{
    const tr_status s = tr_value_text(e, out, size, err);
    if (s == TR_OK && out[0] != '\0' && !tr_is_date(out))
        return tr_fail_at(err, TR_EDOMAIN, e->key, 0.0, e->line, e->column,
                          "'%.120s' must be a year, year-month or year-month-day, such as \"2026-08-22\"",
                          e->key);
    return s;
}

tr_status tr_value_unknown_key(const tr_flat_entry *e, const char *(*known)(size_t, const void *),
                               const void *context, tr_error *err)
{
    const char *near = tr_near_name(e->key, known, context);
    if (near != NULL)
        return tr_fail_at(err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                          "unknown key '%.120s'; did you mean '%.64s'?", e->key, near);
    return tr_fail_at(err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column, "unknown key '%.120s'", e->key);
}

const char *tr_value_index(const char *key, size_t capacity, size_t *index)
{
    size_t value = 0, n = strspn(key, "0123456789");
    if (n == 0 || n > 6 || (key[n] != '\0' && key[n] != '.'))
        return NULL;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (size_t)(key[i] - '0');
    if (value >= capacity)
        return NULL;
    *index = value;
    return key[n] == '.' ? key + n + 1 : key + n;
}
