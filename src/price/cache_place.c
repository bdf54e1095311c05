/* price/cache_place.c -- holding a KV cache against computing it again: costs, break-even times, the cheapest place. */
#include "price/cache_place.h"

#include <math.h>

#include "base/fail.h"

static int is_cost(double usd) { return usd >= 0.0 && usd < HUGE_VAL; }

static tr_status check_terms(const tr_hold_terms *terms, tr_error *err)
{
    if (terms == NULL || !(terms->chip_usd_per_s > 0.0 && terms->chip_usd_per_s <= 1e6))
        return tr_fail(err, TR_EDOMAIN, "chip_usd_per_s", terms != NULL ? terms->chip_usd_per_s : 0.0,
                       "a chip's price is above 0: without it nothing can be weighed against its time");
    if (!(terms->stall_ratio >= 0.0 && terms->stall_ratio <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "stall_ratio", terms->stall_ratio,
                       "the share of a fetch for which the chip waits is from 0 to 1, not %g", terms->stall_ratio);
    if (!(terms->life_s > 0.0 && terms->life_s <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "life_s", terms->life_s, "a part serves for more than 0 s and at most 1e12 s");
    return TR_OK;
}

tr_status tr_place_of(const tr_tier *tier, int own, const tr_hold_terms *terms, tr_place *out, tr_error *err)
{
    const tr_status s = check_terms(terms, err);
    if (s != TR_OK)
        return s;
    if (tier == NULL || !(tier->capacity_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "tier.capacity_byte", tier != NULL ? tier->capacity_byte : 0.0,
                       "a tier's capacity is above 0");
    if (!(tier->read_byte_per_s > 0.0))
        return tr_fail(err, TR_EDOMAIN, "tier.read_byte_per_s", tier->read_byte_per_s,
                       "a tier is read at more than 0 bytes/s, or nothing ever comes back from it");
    if (!(tier->write_byte_per_s >= 0.0))
        return tr_fail(err, TR_EDOMAIN, "tier.write_byte_per_s", tier->write_byte_per_s,
                       "a tier is not written at less than 0 bytes/s");
    if (!(tier->usd_per_byte_s >= 0.0 && tier->usd_per_byte >= 0.0))
        return tr_fail(err, TR_EDOMAIN, "tier.usd_per_byte", tier->usd_per_byte,
                       "a tier's price is not below 0");
    /* [K5] A part's price a second over its rate is what it costs while a byte passes: what holding it for the drain
     * time costs. The chip's own memory is busy when the chip is, and a prefill leaves the cache there. */
    tr_place made = {.hold_usd_per_byte_s = (double)NAN};
    const double write_byte_per_s = tier->write_byte_per_s > 0.0 ? tier->write_byte_per_s : tier->read_byte_per_s;
    if (own)
        made.hold_usd_per_byte_s = terms->chip_usd_per_s / tier->capacity_byte;
    else if (tier->usd_per_byte_s > 0.0)
        made.hold_usd_per_byte_s = tier->usd_per_byte_s;
    else if (tier->usd_per_byte > 0.0)
        made.hold_usd_per_byte_s = tier->usd_per_byte / terms->life_s;
    made.stall_usd_per_byte = own ? 0.0 : terms->stall_ratio * terms->chip_usd_per_s / tier->read_byte_per_s;
    made.busy_usd_per_byte = own ? terms->chip_usd_per_s / tier->read_byte_per_s
                                 : made.hold_usd_per_byte_s * (tier->capacity_byte / tier->read_byte_per_s);
    made.write_usd_per_byte =
        own ? 0.0 : made.hold_usd_per_byte_s * (tier->capacity_byte / write_byte_per_s);
    made.fetch_usd_per_byte = made.busy_usd_per_byte + made.stall_usd_per_byte;
    *out = made;
    return TR_OK;
}

double tr_recompute_usd(double flop, double flop_per_s, double mfu, double usd_per_s)
{
    if (!(flop >= 0.0 && flop_per_s > 0.0 && mfu > 0.0 && mfu <= 1.0 && usd_per_s >= 0.0))
        return (double)NAN;
    return flop / (flop_per_s * mfu) * usd_per_s; /* [K6] */
}

double tr_hold_usd(const tr_place *place, double held_byte, double hold_s, double fetch_count)
{
    if (!(held_byte >= 0.0 && hold_s >= 0.0 && fetch_count >= 0.0 && is_cost(place->hold_usd_per_byte_s) &&
          is_cost(place->fetch_usd_per_byte) && is_cost(place->write_usd_per_byte)))
        return (double)NAN;
    return held_byte * (place->write_usd_per_byte + place->hold_usd_per_byte_s * hold_s +
                        place->fetch_usd_per_byte * fetch_count); /* [K5] */
}

/* ---- lines over hold time: a start and a slope --------------------------------- */

typedef struct line {
    double start_usd, slope_usd_per_s;
    int place;
} line;

/* From where on b lies below a for good. */
static double below_from(const line *a, const line *b)
{
    const double ahead = a->start_usd - b->start_usd;      /* > 0: b starts below */
    const double gains = a->slope_usd_per_s - b->slope_usd_per_s;
    if (gains > 0.0)
        return ahead >= 0.0 ? 0.0 : -ahead / gains; /* [K7] */
    return gains >= 0.0 && ahead > 0.0 ? 0.0 : HUGE_VAL;
}

static line line_of(const tr_place *place, double held_byte, double fetch_count, int index)
{
    return (line){held_byte * (place->write_usd_per_byte + place->fetch_usd_per_byte * fetch_count),
                  held_byte * place->hold_usd_per_byte_s, index};
}

static int known(const tr_place *place)
{
    return is_cost(place->hold_usd_per_byte_s) && is_cost(place->fetch_usd_per_byte) &&
           is_cost(place->write_usd_per_byte);
}

double tr_place_break_even_s(const tr_place *a, const tr_place *b, double fetch_count)
{
    if (!known(a) || !known(b) || !is_cost(fetch_count))
        return (double)NAN;
    const line from = line_of(a, 1.0, fetch_count, 0), to = line_of(b, 1.0, fetch_count, 1);
    return below_from(&from, &to);
}

double tr_recompute_break_even_s(const tr_place *place, double held_byte, double recompute_usd, double fetch_count)
{
    if (!known(place) || !is_cost(fetch_count) || !(held_byte > 0.0 && held_byte < HUGE_VAL) ||
        !is_cost(recompute_usd))
        return (double)NAN;
    const line from = line_of(place, held_byte, fetch_count, 0);
    const line to = {.start_usd = recompute_usd * fetch_count, .slope_usd_per_s = 0.0, .place = -1};
    return below_from(&from, &to);
}

/* ---- the lower envelope --------------------------------------------------------- */

/* The line that is lowest just after time 0. */
static size_t first_of(const line *lines, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (lines[i].start_usd < lines[best].start_usd ||
            (lines[i].start_usd <= lines[best].start_usd && lines[i].slope_usd_per_s < lines[best].slope_usd_per_s))
            best = i;
    return best;
}

/* The line that takes over from lines[now] first; of several at once the flattest. count: none does. */
static size_t next_of(const line *lines, size_t count, size_t now, double *at_s)
{
    size_t next = count;
    *at_s = HUGE_VAL;
    for (size_t i = 0; i < count; i++) {
        if (!(lines[i].slope_usd_per_s < lines[now].slope_usd_per_s))
            continue; /* only a flatter line ever gets below the lowest one */
        const double crossing = below_from(&lines[now], &lines[i]);
        if (crossing < *at_s || (next < count && crossing <= *at_s &&
                                 lines[i].slope_usd_per_s < lines[next].slope_usd_per_s)) {
            *at_s = crossing;
            next = i;
        }
    }
    return next;
}

tr_status tr_cheapest_of(const tr_place *places, size_t place_count, double held_byte, double recompute_usd,
                         double fetch_count, tr_cheapest *out, size_t capacity, size_t *count, tr_error *err)
{
    line lines[TR_PLACE_MAX + 1];
    tr_cheapest found[TR_PLACE_MAX + 1];
    size_t n = 0, stretches = 0;
    if (place_count > TR_PLACE_MAX)
        return tr_fail(err, TR_EDOMAIN, "place_count", (double)place_count, "at most %d places can be weighed",
                       TR_PLACE_MAX);
    if (!(held_byte > 0.0 && held_byte < HUGE_VAL))
        return tr_fail(err, TR_EDOMAIN, "held_byte", held_byte, "something of more than 0 bytes is held");
    if (!is_cost(recompute_usd))
        return tr_fail(err, TR_EDOMAIN, "recompute_usd", recompute_usd, "computing again costs 0 or more dollars");
    if (!is_cost(fetch_count))
        return tr_fail(err, TR_EDOMAIN, "fetch_count", fetch_count, "what is held is read 0 or more times");
    for (size_t i = 0; i < place_count; i++) {
        if (places[i].hold_usd_per_byte_s < 0.0 || places[i].fetch_usd_per_byte < 0.0 ||
            places[i].write_usd_per_byte < 0.0)
            return tr_fail(err, TR_EDOMAIN, "places", (double)i, "a place costs 0 or more dollars");
        if (known(&places[i]))
            lines[n++] = line_of(&places[i], held_byte, fetch_count, (int)i);
    }
    lines[n++] = (line){recompute_usd * fetch_count, 0.0, -1};
    /* [K8] Costs are straight lines over hold time: the cheapest changes only where the lowest line is crossed. */
    size_t now = first_of(lines, n);
    double from_s = 0.0;
    while (now < n) {
        double to_s;
        const size_t next = next_of(lines, n, now, &to_s);
        found[stretches++] = (tr_cheapest){lines[now].place, from_s, to_s};
        from_s = to_s;
        now = next;
    }
    if (stretches > capacity)
        return tr_fail(err, TR_ECAPACITY, "capacity", (double)stretches,
                       "space for %u ranges of hold times is needed", (unsigned)stretches);
    for (size_t i = 0; i < stretches; i++)
        out[i] = found[i];
    *count = stretches;
    return TR_OK;
}
