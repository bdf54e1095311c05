/* price/cache_place.h -- when one place to keep a cache overtakes another, and when a premium is paid. */
#ifndef TOKENROOF_SRC_PRICE_CACHE_PLACE_H
#define TOKENROOF_SRC_PRICE_CACHE_PLACE_H

#include <tokenroof/price.h>

/* From which hold time on b costs less than a for good, each fetched fetch_count times: 0 where it always does,
 * HUGE_VAL where no time is long enough; NaN where a price is not known.  [K7] */
double tr_place_break_even_s(const tr_place *a, const tr_place *b, double fetch_count);

/* From which hold time on computing recompute_usd anew each time costs less than holding: as above.  [K7] */
double tr_recompute_break_even_s(const tr_place *place, double held_byte, double recompute_usd,
                                 double fetch_count);

/* Reads of a cached prompt after which its premium is paid: write_ratio is the price of a write, read_ratio of a
 * cached read, both over the price of input. 0 where a write costs no more than input, HUGE_VAL where a read
 * saves nothing; NaN for a negative ratio or NaN.  [K9] */
double tr_premium_hit_count(double write_ratio, double read_ratio);

#endif
