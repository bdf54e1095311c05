/* chip/chip_price.c -- what a chip costs: the kinds of price, a chip's quotes, and the one that is used. */
#include "chip/chip_price.h"

#include <string.h>

#include "base/check.h"
#include "base/fail.h"
#include "base/text.h"
#include "chip/field.h"

typedef struct price_kind {
    char name[20];
    char before[20];             /* what earlier files call it */
    char words[56];
} price_kind;

static const price_kind KIND[TR_PRICE_KIND_COUNT] = {
    [TR_PRICE_NONE] = {"", "", ""},
    [TR_PRICE_GIVEN] = {"given", "", "as given"},
    [TR_PRICE_ON_DEMAND] = {"on-demand", "", "on demand"},
    [TR_PRICE_RESERVED] = {"reserved", "reserved-1yr", "one-year contract"},
    [TR_PRICE_3YR] = {"3yr", "rental-3yr", "three-year contract"},
    [TR_PRICE_OWNED] = {"owned", "own-neocloud", "owned: capital, power and colocation"},
    [TR_PRICE_OWNED_HYPERSCALER] = {"owned-hyperscaler", "own-hyperscaler",
                                    "owned by a hyperscaler: capital and power"},
    [TR_PRICE_SPOT] = {"spot", "", "spot"},
};

const char *tr_price_kind_name(tr_price_kind kind)
{
    return (unsigned)kind < TR_PRICE_KIND_COUNT ? KIND[kind].name : "";
}

const char *tr_price_kind_words(tr_price_kind kind)
{
    return (unsigned)kind < TR_PRICE_KIND_COUNT ? KIND[kind].words : "";
}

tr_price_kind tr_price_kind_find(const char *name)
{
    for (int kind = TR_PRICE_GIVEN; kind < TR_PRICE_KIND_COUNT; kind++)
        if (strcmp(KIND[kind].name, name) == 0 || (name[0] != '\0' && strcmp(KIND[kind].before, name) == 0))
            return (tr_price_kind)kind;
    return TR_PRICE_NONE;
}

tr_status tr_chip_price(const tr_chip *chip, tr_price_kind kind, tr_chip_quote *out, tr_error *err)
{
    char kinds[128] = "";
    if ((unsigned)kind < TR_PRICE_KIND_COUNT && chip->quote[kind].kind != TR_PRICE_NONE) {
        *out = chip->quote[kind];
        return TR_OK;
    }
    for (int k = TR_PRICE_GIVEN; k < TR_PRICE_KIND_COUNT; k++) {
        if (chip->quote[k].kind == TR_PRICE_NONE)
            continue;
        (void)tr_text_append(kinds, sizeof kinds, kinds[0] != '\0' ? ", " : "");
        (void)tr_text_append(kinds, sizeof kinds, KIND[k].name);
    }
    return tr_fail(err, TR_EMISSING, "price", 0.0, "%.60s has no %s price; %s%s%s a number such as --price 2.50",
                   chip->name, tr_price_kind_name(kind), kinds[0] != '\0' ? "it has " : "", kinds,
                   kinds[0] != '\0' ? ", or give" : "give");
}

void tr_chip_use_price(tr_chip *chip, const tr_chip_quote *quote)
{
    chip->usd_per_hour = quote->usd_per_hour;
    chip->price_kind = quote->usd_per_hour > 0.0 ? quote->kind : TR_PRICE_NONE;
    (void)tr_text_copy(chip->price_date, sizeof chip->price_date, quote->date);
    (void)tr_text_copy(chip->price_source, sizeof chip->price_source, quote->usd_per_hour > 0.0 ? quote->source : "");
}

void tr_chip_default_price(tr_chip *chip)
{
    for (int k = TR_PRICE_GIVEN; k < TR_PRICE_KIND_COUNT; k++)
        if (chip->quote[k].kind != TR_PRICE_NONE) {
            tr_chip_use_price(chip, &chip->quote[k]);
            return;
        }
}

void tr_system_price_of_chip(tr_system *system)
{
    const tr_chip *chip = &system->chip;
    system->usd_per_hour = system->chip_count * chip->usd_per_hour;
    system->price_kind = chip->price_kind;
    memcpy(system->price_date, chip->price_date, sizeof system->price_date);
    memcpy(system->price_source, chip->price_source, sizeof system->price_source);
}

static void use(tr_system *system, const tr_chip_quote *quote)
{
    tr_chip_use_price(&system->chip, quote);
    if (system->chip.tier_count > 0)
        tr_chip_set_own_tier(&system->chip);
    tr_system_price_of_chip(system);
}

tr_status tr_system_price(tr_system *system, tr_price_kind kind, tr_error *err)
{
    tr_chip_quote quote;
    const tr_status s = tr_chip_price(&system->chip, kind, &quote, err);
    if (s == TR_OK)
        use(system, &quote);
    return s;
}

tr_status tr_system_price_given(tr_system *system, double chip_usd_per_hour, const char *source, tr_error *err)
{
    tr_chip_quote quote = {.kind = TR_PRICE_GIVEN, .usd_per_hour = chip_usd_per_hour};
    if (!(chip_usd_per_hour >= 0.0 && chip_usd_per_hour <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "price", chip_usd_per_hour, "a price must be between 0 and 1e9, not %g",
                       chip_usd_per_hour);
    (void)tr_text_copy(quote.source, sizeof quote.source, source);
    use(system, &quote);
    return TR_OK;
}

/* Kind, range and order of one quote; an empty one has no price at all. */
tr_status tr_quote_check(const tr_chip_quote *q, tr_price_kind kind, tr_error *err)
{
    const double low = q->low_usd_per_hour, middle = q->usd_per_hour, high = q->high_usd_per_hour;
    if (q->kind == TR_PRICE_NONE && low == 0.0 && middle == 0.0 && high == 0.0)
        return TR_OK;
    if (q->kind != kind || kind == TR_PRICE_NONE)
        return tr_fail(err, TR_ECONFLICT, "quote", middle, "a price of kind '%s' in the place of '%s'",
                       tr_price_kind_name(q->kind), tr_price_kind_name(kind));
    if (!(middle > 0.0 && middle <= 1e6 && low > 0.0 && high <= 1e6))
        return tr_fail(err, TR_EDOMAIN, "quote", middle, "a price must be above 0 and at most 1e6, not %g", middle);
    if (!(low <= middle && middle <= high))
        return tr_fail(err, TR_ECONFLICT, "quote", middle,
                       "the %s price (%g) must lie between its low (%g) and its high (%g)", tr_price_kind_name(kind),
                       middle, low, high);
    if (memchr(q->source, '\0', sizeof q->source) == NULL || memchr(q->date, '\0', sizeof q->date) == NULL)
        return tr_fail(err, TR_EDOMAIN, "quote", middle, "source and date of a price must end with a zero byte");
    return TR_OK;
}
