/* base/quantity.c -- one number with its unit, correctly rounded: the unit is applied to the decimal
 * digits, not to the double, so that "0.1ms" is the double nearest to 0.0001. */
#include "base/quantity.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/decimal.h"
#include "base/fail.h"
#include "base/text.h"

#define EXP10_CLAMP 20000L
#define FACTOR_DIGIT_MAX 20

typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

typedef struct decimal {
    char digit[TR_DECIMAL_DIGIT_MAX + 2]; /* room for one sticky digit */
    size_t count;
    long exp10;
    int negative;
} decimal;

static void skip_space(cursor *c)
{
    while (c->at < c->end && tr_text_is_space(*c->at))
        c->at++;
}

static int take(cursor *c, char wanted)
{
    if (c->at < c->end && *c->at == wanted) {
        c->at++;
        return 1;
    }
    return 0;
}

/* Append a digit; past the room only remember that something nonzero was there. */
static void push_digit(decimal *d, char digit, int *sticky)
{
    if (d->count == 0 && digit == '0')
        return;
    if (d->count < TR_DECIMAL_DIGIT_MAX) {
        d->digit[d->count++] = digit;
    } else {
        d->exp10++;
        *sticky |= digit != '0';
    }
}

/* [digits][.digits][e[+-]digits]; 0 if there is no digit. */
static int take_number(cursor *c, decimal *d)
{
    int seen = 0;
    int sticky = 0;
    for (; c->at < c->end && tr_text_is_digit(*c->at); c->at++, seen = 1)
        push_digit(d, *c->at, &sticky);
    if (c->at < c->end && *c->at == '.' && (seen || (c->at + 1 < c->end && tr_text_is_digit(c->at[1])))) {
        for (c->at++; c->at < c->end && tr_text_is_digit(*c->at); c->at++, seen = 1) {
            push_digit(d, *c->at, &sticky);
            if (d->exp10 > -EXP10_CLAMP)
                d->exp10--;
        }
    }
    if (!seen)
        return 0;
    if (sticky) {
        d->digit[d->count++] = '1';
        d->exp10--;
    }
    if (c->at < c->end && (*c->at == 'e' || *c->at == 'E')) {
        cursor e = {c->at + 1, c->end}; /* an exponent only if digits follow: "2E" is two exa */
        const int negative = take(&e, '-');
        if (!negative)
            (void)take(&e, '+');
        if (e.at < e.end && tr_text_is_digit(*e.at)) {
            long exponent = 0;
            for (; e.at < e.end && tr_text_is_digit(*e.at); e.at++)
                if (exponent < EXP10_CLAMP)
                    exponent = exponent * 10 + (*e.at - '0');
            d->exp10 += negative ? -exponent : exponent;
            c->at = e.at;
        }
    }
    return 1;
}

/* digits x factor, as digits: exact, so that only one rounding is left. */
static double scaled_value(const decimal *d, const tr_suffix *suffix)
{
    char product[TR_DECIMAL_DIGIT_MAX + 2 + FACTOR_DIGIT_MAX];
    size_t at = sizeof product;
    uint64_t carry = 0;
    for (size_t i = d->count; i > 0; i--) {
        carry += (uint64_t)(d->digit[i - 1] - '0') * suffix->factor;
        product[--at] = (char)('0' + carry % 10);
        carry /= 10;
    }
    for (; carry > 0; carry /= 10)
        product[--at] = (char)('0' + carry % 10);
    const double value = tr_decimal_read(product + at, sizeof product - at, d->exp10 + suffix->exp10);
    return d->negative ? -value : value;
}

/* What was typed, cut and cleaned for a message. */
static const char *shown(const char *text, size_t length, char *out, size_t size)
{
    (void)tr_text_copy_span(out, size, text, length);
    for (char *p = out; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            *p = '?';
    return out;
}

static int is_word(const cursor *c, const char *word)
{
    const char *p = c->at;
    for (; *word != '\0'; word++, p++)
        if (p == c->end || tr_text_lower(*p) != *word)
            return 0;
    return p == c->end || !(*p >= 'a' && *p <= 'z');
}

tr_status tr_quantity_parse_span(const char *text, size_t length, tr_unit unit, double *out, tr_error *err)
{
    char show[48];
    cursor c = {text, text + length};
    decimal d;
    d.count = 0;
    d.exp10 = 0;
    d.negative = 0;
    skip_space(&c);
    const int money = tr_unit_is_money(unit);
    int dollar = money && take(&c, '$');
    d.negative = take(&c, '-');
    if (!d.negative)
        (void)take(&c, '+');
    if (!dollar)
        dollar = money && take(&c, '$');
    if (dollar)
        skip_space(&c);
    if (!take_number(&c, &d)) {
        if (is_word(&c, "nan") || is_word(&c, "inf") || is_word(&c, "infinity"))
            return tr_fail(err, TR_EDOMAIN, "", d.negative ? -HUGE_VAL : HUGE_VAL,
                           "'%s' is not a finite number; expected %s",
                           shown(text, length, show, sizeof show), tr_unit_expected(unit));
        return tr_fail(err, TR_EPARSE, "", 0.0, "'%s' is not a number; expected %s",
                       shown(text, length, show, sizeof show), tr_unit_expected(unit));
    }
    skip_space(&c);
    while (c.end > c.at && tr_text_is_space(c.end[-1]))
        c.end--;
    tr_suffix suffix;
    const size_t suffix_length = (size_t)(c.end - c.at);
    if (!tr_suffix_find(unit, c.at, suffix_length, &suffix)) {
        char unknown[24];
        return tr_fail(err, TR_EPARSE, "", 0.0, "'%s' does not fit in '%s'; expected %s",
                       shown(c.at, suffix_length, unknown, sizeof unknown),
                       shown(text, length, show, sizeof show), tr_unit_expected(unit));
    }
    const double value = scaled_value(&d, &suffix);
    if (!tr_is_finite(value))
        return tr_fail(err, TR_EDOMAIN, "", value, "'%s' is too large for a number",
                       shown(text, length, show, sizeof show));
    if (value == 0.0 && d.count > 0)
        return tr_fail(err, TR_EDOMAIN, "", value, "'%s' is too small for a number",
                       shown(text, length, show, sizeof show));
    *out = value;
    return TR_OK;
}

tr_status tr_quantity_parse(const char *text, tr_unit unit, double *out, tr_error *err)
{
    return tr_quantity_parse_span(text, strlen(text), unit, out, err);
}
