/* figure/axis_map.c -- from values to places along an axis, and where its ticks stand. */
#include "figure/axis_map.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

double tr_fig_log10(double v)
{
    /* v = m 2^e with m near 1; ln m = 2 atanh(s), s = (m - 1) / (m + 1), |s| < 0.172:
     * nine terms are good to 1e-14, a hundred-millionth of a pixel would be plenty. */
    static const double ODD[9] = {1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                  1.0 / 7,  1.0 / 5,  1.0 / 3,  1.0};
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits); /* callers keep to FIG_VALUE_MIN and above: never subnormal */
    int e = (int)(bits >> 52) - 1023;
    bits = (bits & 0x000FFFFFFFFFFFFFull) | 0x3FF0000000000000ull;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double sum = 0.0;
    for (int k = 0; k < 9; k++)
        sum = sum * z + ODD[k];
    return (double)e * 0.30102999566398120 + 2.0 * s * sum * 0.43429448190325183;
}

double tr_fig_pow10(int exponent)
{
    double p = 1.0;
    for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--)
        p *= 10.0;
    return exponent < 0 ? 1.0 / p : p;
}

int tr_fig_drawable(tr_scale scale, double v)
{
    if (scale == TR_SCALE_LOG)
        return v >= FIG_VALUE_MIN && v <= FIG_VALUE_MAX;
    return v >= -FIG_VALUE_MAX && v <= FIG_VALUE_MAX;
}

tr_fig_map tr_fig_map_of(tr_scale scale, double min, double max, double place_min, double place_max)
{
    const double a = scale == TR_SCALE_LOG ? tr_fig_log10(min) : min;
    const double b = scale == TR_SCALE_LOG ? tr_fig_log10(max) : max;
    const double factor = (place_max - place_min) / (b - a);
    return (tr_fig_map){scale, min, max, place_min - factor * a, factor};
}

double tr_fig_place(const tr_fig_map *map, double value)
{
    return map->offset + map->factor * (map->scale == TR_SCALE_LOG ? tr_fig_log10(value) : value);
}

/* ---- steps ---------------------------------------------------------------- */

/* Largest whole k with 10^k <= v, whatever the last bit of the logarithm says. */
static int decade_of(double v)
{
    int k = (int)floor(tr_fig_log10(v) + 1e-9);
    if (tr_fig_pow10(k) > v * (1.0 + 1e-12))
        k--;
    return k;
}

/* The n-th good step at or above least: 1-2-5, or what the unit counts in. */
static double step_at(tr_unit unit, double least, int n)
{
    if (unit == TR_UNIT_CONTEXT && least >= 1.0) {
        double step = least > 128.0 ? 1024.0 : 1.0; /* 1,536 is no number to count in */
        while (step < least)
            step *= 2.0;
        for (int i = 0; i < n; i++)
            step *= 2.0;
        return step;
    }
    static const double CLOCK[] = {60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400};
    if (unit == TR_UNIT_SECOND && least > 20.0 && least <= 86400.0) {
        size_t i = 0;
        while (CLOCK[i] < least)
            i++;
        i += (size_t)n;
        if (i < sizeof CLOCK / sizeof CLOCK[0])
            return CLOCK[i];
    }
    static const double NICE[3] = {1.0, 2.0, 5.0};
    int k = decade_of(least), i = 0;
    while (NICE[i] * tr_fig_pow10(k) < least * (1.0 - 1e-9)) {
        i++;
        if (i == 3) {
            i = 0;
            k++;
        }
    }
    i += n;
    k += i / 3;
    const double value = NICE[i % 3] * tr_fig_pow10(k);
    /* People, batches and tokens come whole. */
    const int whole =
        unit == TR_UNIT_SEQ || unit == TR_UNIT_TOKEN || unit == TR_UNIT_CONTEXT || unit == TR_UNIT_PARAM;
    return whole && value < 1.0 ? 1.0 : value;
}

static void add(tr_fig_ticks *out, double value)
{
    if (out->count < FIG_TICK_MAX)
        out->tick[out->count++].value = value;
}

static int linear_ticks(tr_unit unit, double min, double max, int level, tr_fig_ticks *out)
{
    const double range = max - min;
    const double step = step_at(unit, range / (FIG_TICK_MAX - 2), level);
    if (!(step <= range))
        return 0;
    const double first = ceil(min / step - 1e-9), last = floor(max / step + 1e-9);
    for (double i = first; i <= last && out->count < FIG_TICK_MAX; i += 1.0)
        add(out, i == 0.0 ? 0.0 : i * step);
    return out->count > 0;
}

/* Above a minute people count time in minutes, hours and days; rank: the last level that still has it. */
typedef struct clock_tick {
    double value;
    char text[8];
    int rank;
} clock_tick;
static const clock_tick CLOCK[] = {
    {1e-3, "", 2},       {1e-2, "", 0},        {1e-1, "", 1},       {1.0, "", 3},           {10.0, "", 1},
    {60.0, "1 min", 2},  {600.0, "10 min", 0}, {3600.0, "1 h", 3},  {36000.0, "10 h", 0},   {86400.0, "1 d", 2},
    {864000.0, "10 d", 1}, {8640000.0, "100 d", 2}, {31557600.0, "1 y", 0}, {315576000.0, "10 y", 3},
};
enum { CLOCK_COUNT = sizeof CLOCK / sizeof CLOCK[0], CLOCK_LEVELS = 4 };

static int is_clock(tr_unit unit, double min, double max)
{
    return unit == TR_UNIT_SECOND && min >= CLOCK[0].value && max > 100.0 * 60.0;
}

static int clock_ticks(double low, double high, int level, tr_fig_ticks *out)
{
    if (level >= CLOCK_LEVELS)
        return 0;
    for (int i = 0; i < CLOCK_COUNT; i++)
        if (CLOCK[i].rank >= level && CLOCK[i].value >= low && CLOCK[i].value <= high)
            add(out, CLOCK[i].value);
    return out->count > 0 ? 1 : -1;
}

static int log_ticks(tr_unit unit, double min, double max, int level, tr_fig_ticks *out)
{
    const double low = min * (1.0 - 1e-12), high = max * (1.0 + 1e-12);
    if (unit == TR_UNIT_CONTEXT) {
        double factor = 2.0, v = 1.0;
        for (int i = 0; i < level; i++)
            factor *= 2.0;
        if (factor > 1e9)
            return 0;
        while (v < low && v < 1e280)
            v *= factor;
        for (; v <= high && out->count < FIG_TICK_MAX; v *= factor)
            add(out, v);
        return out->count > 0;
    }
    if (is_clock(unit, min, max))
        return clock_ticks(low, high, level, out);
    const int first = decade_of(min), last = decade_of(max);
    if (level == 0) {
        if (last - first > FIG_TICK_MAX / 3 - 1)
            return -1;
        for (int k = first; k <= last; k++)
            for (int i = 0; i < 3; i++) {
                const double v = (double)(i * i + 1) * tr_fig_pow10(k);
                if (v >= low && v <= high)
                    add(out, v);
            }
        return out->count > 0 ? 1 : -1;
    }
    static const int STRIDE[] = {1, 2, 3, 5, 10, 20, 50, 100, 200};
    if (level > 9)
        return 0;
    const int stride = STRIDE[level - 1];
    if ((last - first) / stride > FIG_TICK_MAX - 1)
        return -1;
    int k = first;
    while (k % stride != 0)
        k++;
    for (; k <= last; k += stride) {
        const double v = tr_fig_pow10(k);
        if (v >= low && v <= high)
            add(out, v);
    }
    return out->count > 0;
}

void tr_fig_range_widen(tr_scale scale, tr_unit unit, double *min, double *max)
{
    if (scale == TR_SCALE_LINEAR) {
        const double step = step_at(unit, (*max - *min) / 6.0, 0);
        *min = floor(*min / step + 1e-9) * step;
        *max = ceil(*max / step - 1e-9) * step;
        return;
    }
    static const double NICE[4] = {1.0, 2.0, 5.0, 10.0};
    const double low = tr_fig_pow10(decade_of(*min)), high = tr_fig_pow10(decade_of(*max));
    double new_min = low, new_max = *max;
    for (int i = 0; i < 3; i++)
        if (NICE[i] * low <= *min * (1.0 + 1e-9))
            new_min = NICE[i] * low;
    for (int i = 3; i >= 0; i--)
        if (NICE[i] * high >= *max * (1.0 - 1e-9))
            new_max = NICE[i] * high;
    *min = new_min;
    *max = new_max;
}

/* ---- the text of ticks ------------------------------------------------------ */

void tr_fig_quantity(double value, tr_unit unit, char *out, size_t size)
{
    char text[FIG_TICK_TEXT];
    const int count = unit == TR_UNIT_NONE || unit == TR_UNIT_SEQ || unit == TR_UNIT_TOKEN;
    if (count && value >= 1000.0 && value < 1e7) /* in full: 100,000 beside 10,000 */
        (void)tr_text_fixed(text, sizeof text, value, 0);
    else
        (void)tr_quantity_format(value, unit, text, sizeof text);
    size_t n = 0;
    size_t digits = 0;
    while (text[digits] >= '0' && text[digits] <= '9')
        digits++;
    for (size_t i = 0; text[i] != '\0' && n + 4 < size; i++) {
        if (i > 0 && i < digits && digits > 3 && (digits - i) % 3 == 0)
            out[n++] = ',';
        if (text[i] == ' ') { /* number and unit stay on one line */
            out[n++] = '\xC2';
            out[n++] = '\xA0';
        } else if (text[i] == 'u' && text[i + 1] == 's' && text[i + 2] == '\0') {
            out[n++] = '\xC2';
            out[n++] = '\xB5';
        } else {
            out[n++] = text[i];
        }
    }
    out[n] = '\0';
}

static int is_number(char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ','; }

/* Where the number in a text begins and ends. */
static void split(const char *text, size_t *start, size_t *end)
{
    const size_t n = strlen(text);
    size_t a = 0;
    while (a < n && !is_number(text[a]))
        a++;
    size_t b = a;
    while (b < n && is_number(text[b]))
        b++;
    *start = a;
    *end = b;
}

/* A suffix such as the k of 128k is part of the number, not a unit to be said once. */
static int unit_is_apart(tr_unit unit)
{
    return unit != TR_UNIT_NONE && unit != TR_UNIT_SEQ && unit != TR_UNIT_TOKEN && unit != TR_UNIT_CONTEXT &&
           unit != TR_UNIT_PARAM;
}

/* Even steps are easier to compare in one prefix: 0.5, 1, 1.5 ms, not 500 us. */
static void write_ticks(tr_fig_ticks *ticks, tr_unit unit, int even)
{
    for (size_t i = 0; i < ticks->count; i++)
        if (ticks->tick[i].value == 0.0) /* nothing needs no unit */
            (void)tr_text_copy(ticks->tick[i].text, FIG_TICK_TEXT, "0");
        else
            tr_fig_quantity(ticks->tick[i].value, unit, ticks->tick[i].text, FIG_TICK_TEXT);
    for (size_t i = 0; unit == TR_UNIT_SECOND && !even && i < ticks->count; i++)
        for (int k = 0; k < CLOCK_COUNT; k++)
            if (CLOCK[k].text[0] != '\0' && ticks->tick[i].value == CLOCK[k].value) {
                const size_t n = strcspn(CLOCK[k].text, " "); /* number and unit stay on one line */
                (void)tr_text_copy_span(ticks->tick[i].text, FIG_TICK_TEXT, CLOCK[k].text, n);
                (void)tr_text_append(ticks->tick[i].text, FIG_TICK_TEXT, "\xC2\xA0");
                (void)tr_text_append(ticks->tick[i].text, FIG_TICK_TEXT, CLOCK[k].text + n + 1);
            }
    const tr_fig_tick *last = &ticks->tick[ticks->count - 1];
    size_t a, b;
    split(last->text, &a, &b);
    char number[FIG_TICK_TEXT];
    (void)tr_text_copy_span(number, sizeof number, last->text + a, b - a);
    double shown;
    if (!even || !unit_is_apart(unit) || a == b ||
        tr_quantity_parse(number, TR_UNIT_NONE, &shown, NULL) != TR_OK || !(shown > 0.0))
        return;
    const double one = last->value / shown;
    for (size_t i = 0; i + 1 < ticks->count; i++) {
        tr_fig_tick *tick = &ticks->tick[i];
        size_t c, d;
        split(tick->text, &c, &d);
        if (tick->value == 0.0 || strcmp(tick->text + d, last->text + b) == 0)
            continue;
        char text[FIG_TICK_TEXT], value[24];
        (void)tr_text_fixed(value, sizeof value, tick->value / one, 6);
        (void)tr_text_copy_span(text, sizeof text, last->text, a);
        (void)tr_text_append(text, sizeof text, value);
        (void)tr_text_append(text, sizeof text, last->text + b);
        memcpy(tick->text, text, sizeof text);
    }
}

int tr_fig_ticks_at(tr_scale scale, tr_unit unit, double min, double max, int level, tr_fig_ticks *out)
{
    out->count = 0;
    /* Less than a decade: even steps say more than powers of ten. */
    const int even = scale == TR_SCALE_LINEAR || (max < 8.0 * min && unit != TR_UNIT_CONTEXT);
    const int found = even ? linear_ticks(unit, min, max, level, out) : log_ticks(unit, min, max, level, out);
    if (found == 1)
        write_ticks(out, unit, even);
    return found;
}

void tr_fig_ticks_trim(tr_fig_ticks *ticks, tr_unit unit)
{
    const size_t n = ticks->count;
    if (n < 2 || !unit_is_apart(unit))
        return;
    const tr_fig_tick *last = &ticks->tick[n - 1];
    size_t a, b;
    split(last->text, &a, &b);
    int same = 1;
    for (size_t i = 0; i + 1 < n; i++) {
        const char *text = ticks->tick[i].text;
        size_t c, d;
        split(text, &c, &d);
        if (ticks->tick[i].value == 0.0)
            continue;
        if (c != a || memcmp(text, last->text, a) != 0 || strcmp(text + d, last->text + b) != 0)
            same = 0;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        char *text = ticks->tick[i].text;
        if (!same)
            continue;
        size_t c, d;
        split(text, &c, &d);
        memmove(text, text + c, d - c);
        text[d - c] = '\0';
    }
}
