/* input/inline.c -- a model or a system typed as numbers: "total=671e9,active=37e9,kv=70272,weight=1". */
#include <tokenroof/input.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"

enum { NAME_SIZE = 64, VALUE_SIZE = 96, KEY_MAX = 6 };

/* One key of an inline form. A NaN number is "not given". */
typedef struct field {
    const char *key;
    tr_unit unit;
    double number;
} field;

typedef struct form {
    const char *what; /* "model" */
    const char *example;
    field fields[KEY_MAX]; /* ends at a NULL key */
    char name[NAME_SIZE];  /* "" if not given */
} form;

static const char *field_key(size_t index, const void *context)
{
    return ((const form *)context)->fields[index].key;
}

static field *find_field(form *f, const char *key)
{
    for (field *at = f->fields; at->key != NULL; at++)
        if (strcmp(at->key, key) == 0)
            return at;
    return NULL;
}

/* A weight may be given as its dtype's name. */
static tr_status parse_number(const field *f, const char *text, double *out, tr_error *err)
{
    tr_dtype dtype = TR_DTYPE_NATIVE;
    if (strcmp(f->key, "weight") == 0 && tr_dtype_parse(text, &dtype, NULL) == TR_OK &&
        tr_dtype_byte(dtype) > 0) {
        *out = tr_dtype_byte(dtype);
        return TR_OK;
    }
    tr_error inner;
    const tr_status s = tr_quantity_parse(text, f->unit, out, &inner);
    return s == TR_OK ? TR_OK : tr_fail(err, s, f->key, inner.value, "%s: %.280s", f->key, inner.text);
}

static tr_status set_name(form *f, const char *text, tr_error *err)
{
    if (f->name[0] != '\0')
        return tr_fail(err, TR_ECONFLICT, "name", 0, "%s: name is given twice", f->what);
    if (text[0] == '\0' || strlen(text) >= sizeof f->name)
        return tr_fail(err, TR_EPARSE, "name", 0, "%s: a name has 1 to %d bytes", f->what, NAME_SIZE - 1);
    memcpy(f->name, text, strlen(text) + 1);
    return TR_OK;
}

static tr_status set_field(form *f, const char *key, const char *text, tr_error *err)
{
    if (strcmp(key, "name") == 0)
        return set_name(f, text, err);
    field *at = find_field(f, key);
    if (at == NULL) {
        const char *near = tr_near_name(key, field_key, f);
        return near != NULL
                   ? tr_fail(err, TR_EUNKNOWN, key, 0, "%s: unknown key '%.60s': did you mean '%s'?", f->what,
                             key, near)
                   : tr_fail(err, TR_EUNKNOWN, key, 0, "%s: unknown key '%.60s': expected the form %s",
                             f->what, key, f->example);
    }
    if (!isnan(at->number))
        return tr_fail(err, TR_ECONFLICT, key, 0, "%s: %s is given twice", f->what, key);
    return parse_number(at, text, &at->number, err);
}

static int copy_trimmed(char *out, size_t size, const char *from, size_t length)
{
    while (length > 0 && *from == ' ') {
        from++;
        length--;
    }
    while (length > 0 && from[length - 1] == ' ')
        length--;
    if (length >= size)
        return 0;
    memcpy(out, from, length);
    out[length] = '\0';
    return 1;
}

static tr_status parse_form(form *f, const char *text, tr_error *err)
{
    while (1) {
        const char *comma = strchr(text, ',');
        const size_t length = comma == NULL ? strlen(text) : (size_t)(comma - text);
        const char *equals = memchr(text, '=', length);
        char key[NAME_SIZE], number[VALUE_SIZE];
        if (equals == NULL || !copy_trimmed(key, sizeof key, text, (size_t)(equals - text)) ||
            !copy_trimmed(number, sizeof number, equals + 1, length - (size_t)(equals + 1 - text)))
            return tr_fail(err, TR_EPARSE, f->what, 0,
                           "%s: expected key=number between commas, as in %s, at '%.40s'", f->what,
                           f->example, text);
        const tr_status s = set_field(f, key, number, err);
        if (s != TR_OK || comma == NULL)
            return s;
        text = comma + 1;
    }
}

static double number_or(form *f, const char *key, double fallback)
{
    const field *at = find_field(f, key);
    return isnan(at->number) ? fallback : at->number;
}

static tr_status require(form *f, const char *key, tr_error *err)
{
    if (!isnan(find_field(f, key)->number))
        return TR_OK;
    return tr_fail(err, TR_EMISSING, key, 0, "%s: %s is missing, as in %s", f->what, key, f->example);
}

/* "h100-sxm,mem=64GB" begins with a name: it changes a chip. */
int tr_is_inline(const char *text) { return text[strcspn(text, "=,")] == '='; }

tr_status tr_model_inline(const char *text, tr_model *out, tr_error *err)
{
    form f = {"model",
              "total=671e9,active=37e9,kv=70272,weight=1",
              {{"total", TR_UNIT_PARAM, (double)NAN},
               {"active", TR_UNIT_PARAM, (double)NAN},
               {"kv", TR_UNIT_BYTE, (double)NAN},
               {"weight", TR_UNIT_BYTE, (double)NAN},
               {NULL, TR_UNIT_NONE, 0}},
              ""};
    tr_status s = parse_form(&f, text, err);
    if (s == TR_OK)
        s = require(&f, "total", err);
    if (s != TR_OK)
        return s;
    const tr_model_numbers numbers = {.total_param = number_or(&f, "total", 0),
                                      .active_param = number_or(&f, "active", number_or(&f, "total", 0)),
                                      .kv_byte_per_token = number_or(&f, "kv", 0),
                                      .weight_byte = number_or(&f, "weight", 2)};
    s = tr_model_from_numbers(&numbers, out, err);
    if (s == TR_OK && f.name[0] != '\0')
        memcpy(out->name, f.name, strlen(f.name) + 1);
    return s;
}

tr_status tr_system_inline(const char *text, tr_system *out, tr_error *err)
{
    form f = {"system",
              "flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5",
              {{"flops", TR_UNIT_FLOP_PER_S, (double)NAN},
               {"bw", TR_UNIT_BYTE_PER_S, (double)NAN},
               {"mem", TR_UNIT_BYTE, (double)NAN},
               {"usd", TR_UNIT_USD_PER_HOUR, (double)NAN},
               {NULL, TR_UNIT_NONE, 0}},
              ""};
    tr_status s = parse_form(&f, text, err);
    if (s == TR_OK)
        s = require(&f, "flops", err);
    if (s == TR_OK)
        s = require(&f, "bw", err);
    if (s != TR_OK)
        return s;
    const tr_chip_numbers numbers = {.flop_per_s = number_or(&f, "flops", 0),
                                     .memory_byte_per_s = number_or(&f, "bw", 0),
                                     .memory_byte = number_or(&f, "mem", 0),
                                     .usd_per_hour = number_or(&f, "usd", 0)};
    s = tr_system_from_numbers(&numbers, out, err);
    if (s == TR_OK && f.name[0] != '\0')
        memcpy(out->name, f.name, strlen(f.name) + 1);
    return s;
}
