/* tokenroof/tiers.h -- where to keep a KV cache between requests: what holding, fetching and computing again cost.
 *
 * A place is a memory tier beside the chips. Holding a byte costs what the
 * place costs for as long as it is held; fetching it costs the chips' time on
 * the way; computing it again costs the chips' time alone. Pure functions: no
 * globals, no allocation, no I/O; any thread may call them. [Kn] are the
 * entries of docs/equations.md. On error outputs are untouched.
 */
#ifndef TOKENROOF_TIERS_H
#define TOKENROOF_TIERS_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What turns a tier into costs; all of one chip, since a tier is the share of one chip. */
typedef struct tr_hold_terms {
    double chip_usd_per_s;   /* > 0 */
    double stall_ratio;      /* 0..1: share of a fetch for which the chip waits */
    double life_s;           /* > 0: how long a part that was bought serves */
} tr_hold_terms;

/* One place. A place that also computes again has no tier: see recompute_usd below. */
typedef struct tr_place {
    double hold_usd_per_byte_s;  /* NaN: nobody knows what the tier costs */
    double fetch_usd_per_byte;
} tr_place;

/* A tier's costs: held bytes by usd_per_byte_s, else by usd_per_byte over its life, else NaN; the chip's own
 * memory by its share of the chip's price.  [K5]
 * own: the tier is the chip's own memory. Errors: TR_EDOMAIN (terms or tier out of range). */
TR_API tr_status tr_place_of(const tr_tier *tier, int own, const tr_hold_terms *terms, tr_place *out, tr_error *err);

/* Dollars for flop of work at a share mfu (0, 1] of flop_per_s that costs usd_per_s. NaN out of range.  [K6] */
TR_API double tr_recompute_usd(double flop, double flop_per_s, double mfu, double usd_per_s);

/* Dollars to hold held_byte for hold_s and fetch them fetch_count times in it. NaN where an input is negative,
 * NaN or unknown.  [K5] */
TR_API double tr_hold_usd(const tr_place *place, double held_byte, double hold_s, double fetch_count);

/* From which hold time on b costs less than a for good, each fetched fetch_count times: 0 where it always does,
 * HUGE_VAL where no time is long enough; NaN where a price is not known.  [K7] */
TR_API double tr_place_break_even_s(const tr_place *a, const tr_place *b, double fetch_count);

/* From which hold time on computing recompute_usd anew each time costs less than holding: as above.  [K7] */
TR_API double tr_recompute_break_even_s(const tr_place *place, double held_byte, double recompute_usd,
                                        double fetch_count);

/* A stretch of hold times over which one place is cheapest. */
typedef struct tr_cheapest {
    int place;               /* its index; -1: to compute again */
    double from_s, to_s;     /* the first begins at 0, the last ends at HUGE_VAL */
} tr_cheapest;
#define TR_PLACE_MAX 16

/* The cheapest over all hold times, in order, without gaps; a tie goes to what holds more cheaply. Places
 * without a price are left out.  [K8]
 * Errors: TR_EDOMAIN (more than TR_PLACE_MAX places, a number out of range), TR_ECAPACITY (more stretches than
 * capacity; places + 1 are always enough). */
TR_API tr_status tr_cheapest_of(const tr_place *places, size_t place_count, double held_byte, double recompute_usd,
                                double fetch_count, tr_cheapest *out, size_t capacity, size_t *count, tr_error *err);

/* Reads of a cached prompt after which its premium is paid: write_ratio is the price of a write, read_ratio of a
 * cached read, both over the price of input. 0 where a write costs no more than input, HUGE_VAL where a read
 * saves nothing; NaN for a negative ratio or NaN.  [K9] */
TR_API double tr_premium_hit_count(double write_ratio, double read_ratio);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_TIERS_H */
