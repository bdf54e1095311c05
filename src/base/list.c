/* base/list.c -- comma lists of numbers and ranges: "1,8,64", "1..4096x2", "1..100+5". */
#include "base/quantity.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"

/* A last value this close beyond the end is the end: 0..0.3+0.1 means four values. */
static const double END_SLACK = 1e-12;

typedef struct output {
    double *value;   /* NULL on the counting pass */
    size_t capacity;
    size_t count;
} output;

typedef struct range {
    double from;
    double to;
    double factor;   /* > 1, or 0: not geometric */
    double step;     /* > 0, or 0 */
} range;

static tr_status push(output *out, double value, tr_error *err)
{
    if (out->count == out->capacity)
        return tr_fail(err, TR_ECAPACITY, "", (double)out->capacity, "more than %lu values; expected fewer",
                       (unsigned long)out->capacity);
    if (out->value != NULL)
        out->value[out->count] = value;
    out->count++;
    return TR_OK;
}

static tr_status push_range(output *out, const range *r, tr_error *err)
{
    const double last = r->to + END_SLACK * (r->to < 0.0 ? -r->to : r->to);
    double value = r->from;
    for (size_t i = 0; value <= last; i++) {
        const tr_status s = push(out, value > r->to ? r->to : value, err);
        if (s != TR_OK)
            return s;
        value = r->factor > 0.0 ? value * r->factor : r->from + (double)(i + 1) * r->step;
    }
    return TR_OK;
}

/* The '+' that begins a step, not the one of an exponent ("1e+3"). NULL if none. */
static const char *find_step(const char *text, const char *end)
{
    for (const char *p = end; p > text + 1; p--) {
        if (p[-1] != '+')
            continue;
        const int exponent = (p[-2] == 'e' || p[-2] == 'E') && p - 2 > text && tr_text_is_digit(p[-3]);
        if (!exponent)
            return p - 1;
    }
    return NULL;
}

static tr_status parse_range(const char *text, const char *dots, const char *end, tr_unit unit, range *r,
                             tr_error *err)
{
    const char *to = dots + 2;
    const char *times = memchr(to, 'x', (size_t)(end - to));
    const char *plus = times == NULL ? find_step(to, end) : NULL;
    const char *to_end = times != NULL ? times : plus != NULL ? plus : end;
    *r = (range){0.0, 0.0, 0.0, 1.0};
    tr_status s = tr_quantity_parse_span(text, (size_t)(dots - text), unit, &r->from, err);
    if (s == TR_OK)
        s = tr_quantity_parse_span(to, (size_t)(to_end - to), unit, &r->to, err);
    if (s == TR_OK && times != NULL)
        s = tr_quantity_parse_span(times + 1, (size_t)(end - times - 1), TR_UNIT_NONE, &r->factor, err);
    if (s == TR_OK && plus != NULL)
        s = tr_quantity_parse_span(plus + 1, (size_t)(end - plus - 1), unit, &r->step, err);
    if (s != TR_OK)
        return s;
    if (!(r->from <= r->to))
        return tr_fail(err, TR_EDOMAIN, "", r->from, "a range goes up: expected FROM..TO with FROM <= TO");
    if (times != NULL && !(r->factor > 1.0 && r->from > 0.0))
        return tr_fail(err, TR_EDOMAIN, "", r->factor,
                       "a multiplied range such as 1..4096x2 starts above 0 with a factor above 1");
    if (!(r->step > 0.0))
        return tr_fail(err, TR_EDOMAIN, "", r->step, "a stepped range such as 1..100+5 has a step above 0");
    return TR_OK;
}

static const char *find_dots(const char *text, const char *end)
{
    for (const char *p = text; p + 1 < end; p++)
        if (p[0] == '.' && p[1] == '.')
            return p;
    return NULL;
}

static tr_status parse_item(const char *text, const char *end, tr_unit unit, output *out, tr_error *err)
{
    const char *dots = find_dots(text, end);
    if (dots != NULL) {
        range r;
        const tr_status s = parse_range(text, dots, end, unit, &r, err);
        return s == TR_OK ? push_range(out, &r, err) : s;
    }
    double value;
    const tr_status s = tr_quantity_parse_span(text, (size_t)(end - text), unit, &value, err);
    return s == TR_OK ? push(out, value, err) : s;
}

static tr_status parse_all(const char *text, tr_unit unit, output *out, tr_error *err)
{
    for (;;) {
        const char *comma = strchr(text, ',');
        const char *end = comma != NULL ? comma : text + strlen(text);
        const tr_status s = parse_item(text, end, unit, out, err);
        if (s != TR_OK)
            return s;
        if (comma == NULL)
            return TR_OK;
        text = comma + 1;
    }
}

tr_status tr_quantity_list_parse(const char *text, tr_unit unit, double *out, size_t capacity, size_t *count,
                                 tr_error *err)
{
    output dry = {NULL, capacity, 0}; /* first without writing: on error the output stays as it was */
    const tr_status s = parse_all(text, unit, &dry, err);
    if (s != TR_OK)
        return s;
    output wet = {out, capacity, 0};
    (void)parse_all(text, unit, &wet, NULL);
    *count = wet.count;
    return TR_OK;
}
