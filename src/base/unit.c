/* base/unit.c -- which suffixes each kind of quantity accepts, and what they multiply by.
 *
 * A suffix is a prefix (k, M, G...) and a stem ("B/s"), each from a small set.
 * Case matters where it carries meaning (M is mega, m is milli; B is bytes, b
 * would be bits) and is forgiven where it does not.
 */
#include "base/quantity.h"

#include <string.h>

#include "base/text.h"

enum prefixes { PLAIN, DECIMAL, MILLI, BINARY, PARAMETER, CONTEXT };

typedef struct prefix {
    const char *text;
    uint64_t factor;
    int exp10;
} prefix;

static const prefix DECIMAL_PREFIX[] = {{"k", 1, 3},  {"K", 1, 3},  {"M", 1, 6}, {"G", 1, 9},
                                        {"T", 1, 12}, {"P", 1, 15}, {"E", 1, 18}, {NULL, 0, 0}};
static const prefix MILLI_PREFIX[] = {{"m", 1, -3},        {"u", 1, -6},        {"n", 1, -9},
                                      {"\xC2\xB5", 1, -6}, {"\xCE\xBC", 1, -6}, /* U+00B5, U+03BC */
                                      {NULL, 0, 0}};
static const prefix BINARY_PREFIX[] = {{"Ki", 1ULL << 10, 0}, {"Mi", 1ULL << 20, 0}, {"Gi", 1ULL << 30, 0},
                                       {"Ti", 1ULL << 40, 0}, {"Pi", 1ULL << 50, 0}, {NULL, 0, 0}};
static const prefix PARAMETER_PREFIX[] = {{"k", 1, 3}, {"K", 1, 3}, {"M", 1, 6},  {"m", 1, 6},
                                          {"B", 1, 9}, {"G", 1, 9}, {"T", 1, 12}, {NULL, 0, 0}};
static const prefix CONTEXT_PREFIX[] = {{"k", 1024, 0},
                                        {"K", 1024, 0},
                                        {"M", 1048576, 0},
                                        {"m", 1048576, 0},
                                        {NULL, 0, 0}};

static const prefix *prefixes_of(enum prefixes kind)
{
    switch (kind) {
    case PLAIN: break;
    case DECIMAL: return DECIMAL_PREFIX;
    case MILLI: return MILLI_PREFIX;
    case BINARY: return BINARY_PREFIX;
    case PARAMETER: return PARAMETER_PREFIX;
    case CONTEXT: return CONTEXT_PREFIX;
    }
    return NULL;
}

typedef struct stem {
    tr_unit unit;
    enum prefixes prefixes;  /* the plain stem is always accepted too */
    const char *text;        /* "" lets a bare number, and a bare prefix, through */
    uint64_t factor;
    int exp10;
} stem;

static const stem STEM[] = {
    {TR_UNIT_NONE, DECIMAL, "", 1, 0},
    {TR_UNIT_RATIO, PLAIN, "", 1, 0},
    {TR_UNIT_RATIO, PLAIN, "%", 1, -2},
    {TR_UNIT_RATIO, PLAIN, "x", 1, 0},
    {TR_UNIT_SECOND, PLAIN, "", 1, 0},
    {TR_UNIT_SECOND, MILLI, "s", 1, 0},
    {TR_UNIT_SECOND, PLAIN, "sec", 1, 0},
    {TR_UNIT_SECOND, PLAIN, "min", 60, 0},
    {TR_UNIT_SECOND, PLAIN, "h", 3600, 0},
    {TR_UNIT_SECOND, PLAIN, "hour", 3600, 0},
    {TR_UNIT_SECOND, PLAIN, "hours", 3600, 0},
    {TR_UNIT_SECOND, PLAIN, "d", 86400, 0},
    {TR_UNIT_SECOND, PLAIN, "day", 86400, 0},
    {TR_UNIT_SECOND, PLAIN, "days", 86400, 0},
    {TR_UNIT_SECOND, PLAIN, "y", 31557600, 0}, /* 365.25 days */
    {TR_UNIT_SECOND, PLAIN, "year", 31557600, 0},
    {TR_UNIT_SECOND, PLAIN, "years", 31557600, 0},
    {TR_UNIT_BYTE, DECIMAL, "", 1, 0},
    {TR_UNIT_BYTE, DECIMAL, "B", 1, 0},
    {TR_UNIT_BYTE, BINARY, "B", 1, 0},
    {TR_UNIT_BYTE, PLAIN, "byte", 1, 0},
    {TR_UNIT_BYTE, PLAIN, "bytes", 1, 0},
    {TR_UNIT_BYTE_PER_S, DECIMAL, "", 1, 0},
    {TR_UNIT_BYTE_PER_S, DECIMAL, "B/s", 1, 0},
    {TR_UNIT_BYTE_PER_S, BINARY, "B/s", 1, 0},
    {TR_UNIT_BYTE_PER_S, PLAIN, "byte/s", 1, 0},
    {TR_UNIT_BYTE_PER_S, DECIMAL, "bit/s", 125, -3},
    {TR_UNIT_BYTE_PER_S, DECIMAL, "bps", 125, -3},
    {TR_UNIT_FLOP, DECIMAL, "", 1, 0},
    {TR_UNIT_FLOP, DECIMAL, "FLOP", 1, 0},
    {TR_UNIT_FLOP, DECIMAL, "FLOPs", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "FLOP/s", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "FLOPS", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "FLOPs", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "FLOPs/s", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "OP/s", 1, 0},
    {TR_UNIT_FLOP_PER_S, DECIMAL, "OPS", 1, 0},
    {TR_UNIT_TOKEN, DECIMAL, "", 1, 0},
    {TR_UNIT_TOKEN, PARAMETER, "", 1, 0},
    {TR_UNIT_TOKEN, DECIMAL, "token", 1, 0},
    {TR_UNIT_TOKEN, DECIMAL, "tokens", 1, 0},
    {TR_UNIT_TOKEN, DECIMAL, "tok", 1, 0},
    {TR_UNIT_CONTEXT, CONTEXT, "", 1, 0},
    {TR_UNIT_CONTEXT, BINARY, "", 1, 0},
    {TR_UNIT_CONTEXT, CONTEXT, "token", 1, 0},
    {TR_UNIT_CONTEXT, CONTEXT, "tokens", 1, 0},
    {TR_UNIT_CONTEXT, CONTEXT, "tok", 1, 0},
    {TR_UNIT_SEQ, DECIMAL, "", 1, 0},
    {TR_UNIT_SEQ, DECIMAL, "seq", 1, 0},
    {TR_UNIT_PARAM, PARAMETER, "", 1, 0},
    {TR_UNIT_PARAM, PARAMETER, "param", 1, 0},
    {TR_UNIT_PARAM, PARAMETER, "params", 1, 0},
    {TR_UNIT_USD, PARAMETER, "", 1, 0},
    {TR_UNIT_USD, PARAMETER, "USD", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "/h", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "/hr", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "/hour", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "USD/h", 1, 0},
    {TR_UNIT_USD_PER_HOUR, PARAMETER, "USD/hour", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "/M", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "/Mtok", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "/Mtoken", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "/Mtokens", 1, 0},
    {TR_UNIT_USD_PER_MTOKEN, PARAMETER, "USD/Mtoken", 1, 0},
    {TR_UNIT_USD_PER_KWH, PARAMETER, "", 1, 0},
    {TR_UNIT_USD_PER_KWH, PARAMETER, "/kWh", 1, 0},
    {TR_UNIT_USD_PER_KWH, PARAMETER, "USD/kWh", 1, 0},
    {TR_UNIT_WATT, DECIMAL, "", 1, 0},
    {TR_UNIT_WATT, DECIMAL, "W", 1, 0},
    {TR_UNIT_WATT, PLAIN, "mW", 1, -3},
    {TR_UNIT_JOULE, DECIMAL, "", 1, 0},
    {TR_UNIT_JOULE, DECIMAL, "J", 1, 0},
    {TR_UNIT_JOULE, MILLI, "J", 1, 0},
    {TR_UNIT_JOULE, DECIMAL, "Wh", 3600, 0},
    {TR_UNIT_TOKEN_PER_S, DECIMAL, "", 1, 0},
    {TR_UNIT_TOKEN_PER_S, DECIMAL, "token/s", 1, 0},
    {TR_UNIT_TOKEN_PER_S, DECIMAL, "tokens/s", 1, 0},
    {TR_UNIT_TOKEN_PER_S, DECIMAL, "tok/s", 1, 0},
    {TR_UNIT_TOKEN_PER_S, DECIMAL, "/s", 1, 0},
    {TR_UNIT_FLOP_PER_BYTE, DECIMAL, "", 1, 0},
    {TR_UNIT_FLOP_PER_BYTE, DECIMAL, "FLOP/byte", 1, 0},
    {TR_UNIT_FLOP_PER_BYTE, DECIMAL, "FLOP/B", 1, 0},
};

static int same_span(const char *text, size_t length, const char *other)
{
    return strlen(other) == length && memcmp(text, other, length) == 0;
}

/* Equal but for case; a lone b for bytes is let through only by the caller. */
static int same_span_fold(const char *text, size_t length, const char *other)
{
    if (strlen(other) != length)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (tr_text_lower(text[i]) != tr_text_lower(other[i]))
            return 0;
    return 1;
}

static int is_lower(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            return 0;
    return 1;
}

/* "gb" and "tb/s", all in small letters, mean bytes to everybody; "Gb" means
 * bits to half the readers and is refused. Longer words match in any case. */
static int same_stem(const char *text, size_t length, const char *word, int whole_is_lower)
{
    if (same_span(text, length, word))
        return 1;
    if (!same_span_fold(text, length, word))
        return 0;
    return word[0] != 'B' || whole_is_lower;
}

static int same_prefix(const char *text, const prefix *p, size_t prefix_length, int whole_is_lower)
{
    if (memcmp(text, p->text, prefix_length) == 0)
        return 1;
    return whole_is_lower && tr_text_lower(p->text[0]) == text[0] &&
           (prefix_length == 1 || text[1] == p->text[1]);
}

static int match(const stem *st, const char *text, size_t length, tr_suffix *out)
{
    const int lower = is_lower(text, length);
    *out = (tr_suffix){st->text, st->factor, st->exp10};
    if (same_stem(text, length, st->text, lower))
        return 1;
    const prefix *p = prefixes_of(st->prefixes);
    for (; p != NULL && p->text != NULL; p++) {
        const size_t n = strlen(p->text);
        /* Bare, a small m could be milli and "12e" a cut exponent: those must be written M, P, E. */
        const int clear = st->text[0] != '\0' || strchr("MPE", p->text[0]) == NULL;
        const int fold = lower && st->prefixes != MILLI && clear;
        if (n > length || !same_prefix(text, p, n, fold))
            continue;
        size_t at = n;
        while (at < length && tr_text_is_space(text[at])) /* "1.2 M token/s" */
            at++;
        if (same_stem(text + at, length - at, st->text, lower)) {
            out->factor *= p->factor;
            out->exp10 += p->exp10;
            return 1;
        }
    }
    return 0;
}

int tr_suffix_find(tr_unit unit, const char *text, size_t length, tr_suffix *out)
{
    for (size_t i = 0; i < sizeof STEM / sizeof STEM[0]; i++) {
        tr_suffix found;
        if (STEM[i].unit == unit && match(&STEM[i], text, length, &found)) {
            *out = found;
            return 1;
        }
    }
    return 0;
}

const char *tr_unit_expected(tr_unit unit)
{
    switch (unit) {
    case TR_UNIT_NONE: return "a plain number or one with k, M, G, T, P";
    case TR_UNIT_RATIO: return "a ratio such as 0.5 or 50%";
    case TR_UNIT_SECOND: return "a time in s, ms, us, ns, min, h, d or y";
    case TR_UNIT_BYTE: return "bytes as B, kB, MB, GB, TB, PB or KiB, MiB, GiB, TiB";
    case TR_UNIT_BYTE_PER_S: return "a bandwidth in B/s ... TB/s (or Gbit/s)";
    case TR_UNIT_FLOP: return "FLOP with k, M, G, T, P or E";
    case TR_UNIT_FLOP_PER_S: return "FLOP/s with k, M, G, T, P or E";
    case TR_UNIT_TOKEN: return "tokens, with k (1000), M, B or T";
    case TR_UNIT_CONTEXT: return "tokens of context, with k (1024) or M (1048576)";
    case TR_UNIT_SEQ: return "a number of sequences";
    case TR_UNIT_PARAM: return "parameters, with K, M, B or T";
    case TR_UNIT_USD: return "dollars such as $2.50";
    case TR_UNIT_USD_PER_HOUR: return "dollars an hour such as $2.50/h";
    case TR_UNIT_USD_PER_MTOKEN: return "dollars a million tokens such as $2.50/M";
    case TR_UNIT_USD_PER_KWH: return "dollars a kWh such as $0.10/kWh";
    case TR_UNIT_WATT: return "watts as W, kW or MW";
    case TR_UNIT_JOULE: return "joules as J, kJ, MJ or kWh";
    case TR_UNIT_TOKEN_PER_S: return "token/s";
    case TR_UNIT_FLOP_PER_BYTE: return "FLOP/byte";
    case TR_UNIT_COUNT: break;
    }
    return "a number";
}

int tr_unit_is_money(tr_unit unit)
{
    return unit == TR_UNIT_USD || unit == TR_UNIT_USD_PER_HOUR || unit == TR_UNIT_USD_PER_MTOKEN ||
           unit == TR_UNIT_USD_PER_KWH;
}
