/* base/format.c -- a quantity for a person: four significant digits and a prefix that reads well. */
#include <tokenroof/base.h>

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"

#define SIGNIFICANT 4

typedef struct rounded {
    char digit[SIGNIFICANT];
    int exp10;              /* weight of digit[0] */
} rounded;

typedef struct style {
    const char *prefix;     /* one letter per 1000, "" = none; the first stands for 10^3 */
    const char *unit;       /* after the prefix */
} style;

static const char SI[] = "kMGTPE";
static const char PARAM[] = "KMBT";

static rounded round_to_4(double value) /* finite, > 0 */
{
    rounded r;
    tr_decimal_write(value, SIGNIFICANT, r.digit, &r.exp10);
    return r;
}

/* digits x 10^exp10 in plain notation, at least min_decimals behind the point. */
static void write_plain(const rounded *r, int min_decimals, char *out)
{
    size_t n = 0;
    int used = SIGNIFICANT;
    while (used > 1 && r->digit[used - 1] == '0' && used - 1 > r->exp10 + min_decimals)
        used--;
    if (r->exp10 < 0) {
        out[n++] = '0';
        out[n++] = '.';
        for (int i = -1; i > r->exp10; i--)
            out[n++] = '0';
    }
    int decimals = r->exp10 < 0 ? -r->exp10 - 1 : 0;
    for (int i = 0; i < used || i <= r->exp10 || decimals < min_decimals; i++) {
        if (i == r->exp10 + 1 && i > 0)
            out[n++] = '.';
        if (i > r->exp10)
            decimals++;
        out[n++] = (char)(i < SIGNIFICANT ? r->digit[i] : '0');
    }
    out[n] = '\0';
}

/* d.ddde-7, for what is too small for zeros. */
static void write_scientific(const rounded *r, char *out)
{
    rounded mantissa = *r;
    mantissa.exp10 = 0;
    write_plain(&mantissa, 0, out);
    char exponent[16];
    exponent[0] = 'e';
    (void)tr_text_fixed(exponent + 1, sizeof exponent - 1, (double)r->exp10, 0);
    (void)tr_text_append(out, 48, exponent);
}

static void write_small(const rounded *r, int min_decimals, char *out)
{
    if (r->exp10 < -4)
        write_scientific(r, out);
    else
        write_plain(r, min_decimals, out);
}

/* "3.35 TB/s": the largest prefix that leaves a digit before the point. */
static void write_prefixed(double value, const style *st, char *out, size_t size)
{
    const int steps_max = (int)strlen(st->prefix);
    rounded r = round_to_4(value);
    int steps = r.exp10 >= 3 ? r.exp10 / 3 : 0;
    steps = steps > steps_max ? steps_max : steps;
    r.exp10 -= 3 * steps;
    if (r.exp10 >= 9)
        write_scientific(&r, out);
    else
        write_small(&r, 0, out);
    const char prefix[2] = {(char)(steps > 0 ? st->prefix[steps - 1] : '\0'), '\0'};
    if (steps > 0 || st->unit[0] != '\0')
        (void)tr_text_append(out, size, " ");
    (void)tr_text_append(out, size, prefix);
    (void)tr_text_append(out, size, st->unit);
}

static void write_count(double value, char *out, size_t size)
{
    if (value < 99999.5 && (value >= 999.95 || value == (double)(int)value))
        (void)tr_text_fixed(out, size, value, 0);
    else
        write_prefixed(value, &(style){SI, ""}, out, size);
}

static void write_context(double value, char *out, size_t size)
{
    const double kibi = value / 1024.0;
    const double mebi = kibi / 1024.0;
    if (value >= 1048576.0 && mebi < 1e6 && mebi == (double)(int)mebi) {
        (void)tr_text_fixed(out, size, mebi, 0);
        (void)tr_text_append(out, size, "M");
    } else if (value >= 1024.0 && kibi < 1e6 && kibi == (double)(int)kibi) {
        (void)tr_text_fixed(out, size, kibi, 0);
        (void)tr_text_append(out, size, "k");
    } else if (value < 1e7) {
        const rounded r = round_to_4(value);
        if (value >= 1.0)
            (void)tr_text_fixed(out, size, value, value < 1e3 ? 1 : 0);
        else
            write_small(&r, 0, out);
    } else { /* k would mean 1024 here: no decimal prefix */
        const rounded r = round_to_4(value);
        if (r.exp10 < 15)
            write_plain(&r, 0, out);
        else
            write_scientific(&r, out);
    }
}

static void write_seconds(double value, char *out, size_t size)
{
    static const struct {
        double below_s;
        double unit_s;
        const char *name;
    } STEP[] = {
        {999.95e-9, 1e-9, " ns"}, {999.95e-6, 1e-6, " us"},   {999.95e-3, 1e-3, " ms"},  {119.995, 1.0, " s"},
        {7199.5, 60.0, " min"},   {172790.0, 3600.0, " h"}, {730.0 * 86400.0, 86400.0, " d"},
        {HUGE_VAL, 31557600.0, " y"}, /* 365.25 days */
    };
    size_t i = 0;
    while (i + 1 < sizeof STEP / sizeof STEP[0] && !(value < STEP[i].below_s))
        i++;
    const rounded r = round_to_4(value / STEP[i].unit_s);
    if (r.exp10 >= 9)
        write_scientific(&r, out);
    else
        write_small(&r, 0, out);
    (void)tr_text_append(out, size, STEP[i].name);
}

static void write_money(double value, const char *unit, char *out, size_t size)
{
    char number[48];
    const rounded r = round_to_4(value);
    if (value >= 1.0 && value < 9999.995) { /* to the cent, both digits of it */
        const double dollar = (double)(int64_t)((value * 100.0 + 0.5) / 100.0);
        const double cent = (double)(int64_t)(value * 100.0 + 0.5) - 100.0 * dollar;
        (void)tr_text_fixed(number, sizeof number, dollar, 0);
        (void)tr_text_append(number, sizeof number, cent < 10.0 ? ".0" : ".");
        (void)tr_text_fixed(number + strlen(number), 8, cent, 0);
    } else if (r.exp10 >= 4)
        write_prefixed(value, &(style){PARAM, ""}, number, sizeof number);
    else
        write_small(&r, 2, number);
    (void)tr_text_append(out, size, "$");
    (void)tr_text_append(out, size, number);
    (void)tr_text_append(out, size, unit);
}

static void write_ratio(double value, char *out, size_t size)
{
    const rounded r = round_to_4(value * 100.0);
    if (r.exp10 >= 9)
        write_scientific(&r, out);
    else
        write_small(&r, 0, out);
    (void)tr_text_append(out, size, "%");
}

static void write_positive(double value, tr_unit unit, char *out, size_t size)
{
    switch (unit) {
    case TR_UNIT_RATIO: write_ratio(value, out, size); return;
    case TR_UNIT_SECOND: write_seconds(value, out, size); return;
    case TR_UNIT_BYTE: write_prefixed(value, &(style){SI, "B"}, out, size); return;
    case TR_UNIT_BYTE_PER_S: write_prefixed(value, &(style){SI, "B/s"}, out, size); return;
    case TR_UNIT_FLOP: write_prefixed(value, &(style){SI, "FLOP"}, out, size); return;
    case TR_UNIT_FLOP_PER_S: write_prefixed(value, &(style){SI, "FLOP/s"}, out, size); return;
    case TR_UNIT_CONTEXT: write_context(value, out, size); return;
    case TR_UNIT_PARAM: write_prefixed(value, &(style){PARAM, ""}, out, size); return;
    case TR_UNIT_USD: write_money(value, "", out, size); return;
    case TR_UNIT_USD_PER_HOUR: write_money(value, "/h", out, size); return;
    case TR_UNIT_USD_PER_MTOKEN: write_money(value, "/M", out, size); return;
    case TR_UNIT_USD_PER_KWH: write_money(value, "/kWh", out, size); return;
    case TR_UNIT_WATT: write_prefixed(value, &(style){SI, "W"}, out, size); return;
    case TR_UNIT_JOULE: write_prefixed(value, &(style){SI, "J"}, out, size); return;
    case TR_UNIT_TOKEN_PER_S:
        write_count(value, out, size);
        (void)tr_text_append(out, size, " token/s");
        return;
    case TR_UNIT_FLOP_PER_BYTE: write_prefixed(value, &(style){"", "FLOP/byte"}, out, size); return;
    case TR_UNIT_NONE:
    case TR_UNIT_TOKEN:
    case TR_UNIT_SEQ:
    case TR_UNIT_COUNT: break;
    }
    write_count(value, out, size);
}

static void write_zero(tr_unit unit, char *out, size_t size)
{
    char one[64] = "";
    write_positive(1.0, unit, one, sizeof one); /* borrow the unit: "1 s" -> "0 s", "$1.00" -> "$0.00" */
    for (char *p = one; *p != '\0'; p++)
        if (*p == '1')
            *p = '0';
    (void)tr_text_copy(out, size, unit == TR_UNIT_RATIO ? "0%" : one);
}

size_t tr_quantity_format(double value, tr_unit unit, char *out, size_t size)
{
    char text[64] = "";
    if (value != value)
        (void)tr_text_copy(text, sizeof text, "nan");
    else if (value - value != 0.0)
        (void)tr_text_copy(text, sizeof text, value > 0.0 ? "inf" : "-inf");
    else if (value == 0.0)
        write_zero(unit, text, sizeof text);
    else if (value > 0.0)
        write_positive(value, unit, text, sizeof text);
    else {
        text[0] = '-';
        text[1] = '\0';
        char body[62] = "";
        write_positive(-value, unit, body, sizeof body);
        (void)tr_text_append(text, sizeof text, body);
    }
    return tr_text_copy(out, size, text);
}
