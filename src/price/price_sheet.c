/* price/price_sheet.c -- published prices compiled in: by position, by name and day, and their ratios. */
#include "price/price_sheet.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/near.h"
#include "base/text.h"
#include "price/price_table.h"

enum { DAY_MINUTES = 24 * 60 };

size_t tr_price_count(void) { return tr_price_table_count; }

const tr_price *tr_price_at(size_t index) { return index < tr_price_table_count ? &tr_price_table[index] : NULL; }

const tr_price_provider *tr_price_provider_find(const char *name)
{
    for (uint32_t i = 0; i < tr_price_provider_table_count; i++)
        if (tr_text_same(tr_price_provider_table[i].name, name))
            return &tr_price_provider_table[i];
    return NULL;
}

const tr_price_fast *tr_price_fast_of(const tr_price *price)
{
    for (uint32_t i = 0; i < tr_price_fast_table_count; i++)
        if (&tr_price_table[tr_price_fast_table[i].price] == price)
            return &tr_price_fast_table[i].fast;
    return NULL;
}

/* ---- names ---------------------------------------------------------------------- */

static int is_model(const tr_price *price, const char *name, size_t length)
{
    const char *slash = strrchr(price->model, '/');
    const char *last = slash != NULL ? slash + 1 : price->model;
    return tr_name_equal(price->model, strlen(price->model), name, length) ||
           tr_name_equal(last, strlen(last), name, length) ||
           (price->catalog_model[0] != '\0' &&
            tr_name_equal(price->catalog_model, strlen(price->catalog_model), name, length));
}

static int is_named(const tr_price *price, const char *text, size_t length)
{
    const size_t n = strlen(price->provider);
    if (length >= n && tr_name_equal(price->provider, n, text, n)) {
        if (length == n)
            return 1;
        if (text[n] == '/' && is_model(price, text + n + 1, length - n - 1))
            return 1;
    }
    return is_model(price, text, length);
}

/* Named to the last letter, and not by a part of it or the catalog's name: what else has that name stands back. */
static int is_exact(const tr_price *price, const char *text, size_t length)
{
    const size_t n = strlen(price->provider), m = strlen(price->model);
    if (length > n && tr_name_equal(price->provider, n, text, n) && text[n] == '/')
        return tr_name_equal(price->model, m, text + n + 1, length - n - 1);
    return tr_name_equal(price->model, m, text, length);
}

int tr_price_is_named(const tr_price *price, const char *text) { return is_named(price, text, strlen(text)); }

/* Every word one may type, for "did you mean". */
static const char *name_at(size_t index, const void *context)
{
    (void)context;
    if (index < tr_price_provider_table_count)
        return tr_price_provider_table[index].name;
    index -= tr_price_provider_table_count;
    return index < tr_price_table_count ? tr_price_table[index].model : NULL;
}

/* ---- one of them ------------------------------------------------------------------ */

static int two_digits(const char *text, int max, int *out)
{
    if (!tr_text_is_digit(text[0]) || !tr_text_is_digit(text[1]))
        return 0;
    *out = (text[0] - '0') * 10 + (text[1] - '0');
    return *out <= max;
}

/* "2026", "2026-08", "2026-08-22". */
static int is_day(const char *text)
{
    int year, month, day;
    const size_t n = strlen(text);
    if ((n != 4 && n != 7 && n != 10) || !two_digits(text, 99, &year) || !two_digits(text + 2, 99, &year))
        return 0;
    if (n >= 7 && (text[4] != '-' || !two_digits(text + 5, 12, &month) || month < 1))
        return 0;
    return n < 10 || (text[7] == '-' && two_digits(text + 8, 31, &day) && day >= 1);
}

/* The first day of a day, month or year; "" is before all. */
static void first_day(const char *text, char out[16])
{
    const size_t n = strlen(text);
    (void)tr_text_copy(out, 16, text);
    (void)tr_text_append(out, 16, n == 4 ? "-01-01" : n == 7 ? "-01" : "");
}

/* Whether a day, month or year begins after another begins. */
static int is_after(const char *a, const char *b)
{
    char first_a[16], first_b[16];
    first_day(a, first_a);
    first_day(b, first_b);
    return strcmp(first_a, first_b) > 0;
}

/* Minutes of a day in which a price holds. */
static int minutes_of(const tr_price *price)
{
    int from_h, from_m, to_h, to_m;
    if (!two_digits(price->daily_from_utc, 23, &from_h) || !two_digits(price->daily_to_utc, 23, &to_h) ||
        !two_digits(price->daily_from_utc + 3, 59, &from_m) || !two_digits(price->daily_to_utc + 3, 59, &to_m))
        return DAY_MINUTES;
    return (to_h * 60 + to_m - from_h * 60 - from_m + DAY_MINUTES) % DAY_MINUTES;
}

static int same_model(const tr_price *a, const tr_price *b)
{
    return strcmp(a->provider, b->provider) == 0 && strcmp(a->model, b->model) == 0;
}

/* Whether a holds rather than b, both in force: the newer period; in one period the one of more hours, of which
 * those without hours have what the others leave. */
static int goes_before(const tr_price *a, const tr_price *b)
{
    const int order = strcmp(a->from, b->from);
    if (order != 0)
        return order > 0;
    const int hours_a = a->daily_from_utc[0] != '\0', hours_b = b->daily_from_utc[0] != '\0';
    if (hours_a == hours_b)
        return minutes_of(a) > minutes_of(b);
    return hours_a ? 2 * minutes_of(a) > DAY_MINUTES : 2 * minutes_of(b) <= DAY_MINUTES;
}

static tr_status fail_unknown(const char *text, int length, tr_error *err)
{
    char name[96];
    (void)tr_text_copy_span(name, sizeof name, text, (size_t)length);
    const char *near = tr_near_name(name, name_at, NULL);
    if (near == NULL)
        return tr_fail(err, TR_EUNKNOWN, "price", 0.0,
                       "no price of \"%.80s\" among %u of %u providers; `tokenroof prices` lists them", name,
                       (unsigned)tr_price_table_count, (unsigned)tr_price_provider_table_count);
    return tr_fail(err, TR_EUNKNOWN, "price", 0.0, "no price of \"%.80s\"; did you mean \"%s\"?", name, near);
}

tr_status tr_price_named(const char *text, const tr_price **out, tr_error *err)
{
    const char *at = text != NULL ? strrchr(text, '@') : NULL;
    const char *day = at != NULL ? at + 1 : "";
    const size_t length = text == NULL ? 0 : at != NULL ? (size_t)(at - text) : strlen(text);
    const tr_price *best = NULL, *other = NULL, *early = NULL;
    if (at != NULL && !is_day(day))
        return tr_fail(err, TR_EPARSE, "price", 0.0, "expected a day such as 2026-08-22 after the @, not '%.40s'", day);
    int exact = 0;
    for (uint32_t i = 0; i < tr_price_table_count && length > 0; i++)
        exact |= is_exact(&tr_price_table[i], text, length);
    for (uint32_t i = 0; i < tr_price_table_count; i++) {
        const tr_price *price = &tr_price_table[i];
        if (length == 0 || !(exact ? is_exact(price, text, length) : is_named(price, text, length)))
            continue;
        if (is_after(price->from, at != NULL ? day : price->date)) {
            early = price;
            continue;
        }
        if (best != NULL && !same_model(best, price))
            other = other == NULL ? price : other;
        else if (best == NULL || goes_before(price, best))
            best = price;
    }
    if (other != NULL)
        return tr_fail(err, TR_ECONFLICT, "price", 0.0,
                       "\"%.60s\" is %.16s/%.70s and %.16s/%.70s: name one", text, best->provider, best->model,
                       other->provider, other->model);
    if (best == NULL && early != NULL)
        return tr_fail(err, TR_EUNKNOWN, "price", 0.0, "%.70s has no price before %s", early->model, early->from);
    if (best == NULL)
        return fail_unknown(text != NULL ? text : "", (int)length, err);
    *out = best;
    return TR_OK;
}

/* Whether another of the same model holds in its place. */
static int is_replaced(const tr_price *price)
{
    for (uint32_t i = 0; i < tr_price_table_count; i++) {
        const tr_price *other = &tr_price_table[i];
        if (other != price && same_model(other, price) && !is_after(other->from, other->date) &&
            goes_before(other, price))
            return 1;
    }
    return is_after(price->from, price->date);
}

void tr_price_offers(const char *catalog_model, const tr_price **out, size_t capacity, size_t *count)
{
    size_t held = 0;
    *count = 0;
    for (uint32_t i = 0; i < tr_price_table_count; i++) {
        const tr_price *price = &tr_price_table[i];
        const double usd = price->base.output_usd_per_mtoken;
        if (price->catalog_model[0] == '\0' || strcmp(price->catalog_model, catalog_model) != 0 || !(usd > 0.0) ||
            is_replaced(price))
            continue;
        ++*count;
        size_t at = held < capacity ? held++ : capacity;
        for (; at > 0 && out[at - 1]->base.output_usd_per_mtoken > usd; at--)
            if (at < capacity)
                out[at] = out[at - 1];
        if (at < capacity)
            out[at] = price;
    }
}

/* ---- fast modes ------------------------------------------------------------------------ */

/* The same model without "-fast" at the same provider. */
static const tr_price *slower_of(const tr_price *fast)
{
    static const char end[] = "-fast";
    const size_t n = strlen(fast->model), behind = sizeof end - 1;
    if (n <= behind || strcmp(fast->model + n - behind, end) != 0)
        return NULL;
    for (uint32_t i = 0; i < tr_price_table_count; i++) {
        const tr_price *p = &tr_price_table[i];
        if (strcmp(p->provider, fast->provider) == 0 && strlen(p->model) == n - behind &&
            strncmp(p->model, fast->model, n - behind) == 0 && !is_replaced(p))
            return p;
    }
    return NULL;
}

size_t tr_fast_modes(tr_fast_mode *out, size_t capacity)
{
    size_t count = 0;
    for (uint32_t i = 0; i < tr_price_table_count; i++) {
        const tr_price *price = &tr_price_table[i];
        const tr_price_fast *fast = tr_price_fast_of(price);
        const tr_price *slow = fast == NULL ? slower_of(price) : NULL;
        if ((fast == NULL && slow == NULL) || is_replaced(price))
            continue;
        const double base = slow != NULL ? slow->base.output_usd_per_mtoken : price->base.output_usd_per_mtoken;
        const double dear = slow != NULL ? price->base.output_usd_per_mtoken : price->fast.output_usd_per_mtoken;
        if (!(dear > base))
            continue;
        if (count < capacity)
            out[count] = (tr_fast_mode){price, dear / base, fast != NULL ? fast->speed_ratio : (double)NAN,
                                        fast != NULL ? fast->date : price->date};
        count++;
    }
    return count;
}

/* ---- ratios ------------------------------------------------------------------------ */

tr_price_ratios tr_price_ratios_of(const tr_price *price)
{
    const tr_price_rates *base = &price->base;
    const tr_price_ratios ratios = {
        .output_input_ratio = base->output_usd_per_mtoken / base->input_usd_per_mtoken,
        .input_cached_ratio = base->input_usd_per_mtoken / base->cached_read_usd_per_mtoken,
        .write_5m_input_ratio = base->write_5m_usd_per_mtoken / base->input_usd_per_mtoken,
        .write_1h_input_ratio = base->write_1h_usd_per_mtoken / base->input_usd_per_mtoken,
        .long_input_ratio = price->long_rates.input_usd_per_mtoken / base->input_usd_per_mtoken,
        .long_output_ratio = price->long_rates.output_usd_per_mtoken / base->output_usd_per_mtoken,
        .fast_output_ratio = price->fast.output_usd_per_mtoken / base->output_usd_per_mtoken,
    };
    return ratios;
}
