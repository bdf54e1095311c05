/* price/cache_place.h -- when one place to keep a cache overtakes another, and what holding and hits are worth. */
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

/* The price of a cached read over that of input at which both leave the same margin, where fetch_count reads pay for
 * all of hold_usd (tr_hold_usd). NaN where nothing is read or a cost is not known.  [K56] */
double tr_hit_price_ratio(double hold_usd, double recompute_usd, double fetch_count);

/* The price of a write over that of input at the same margin, where writes pay for writing and holding and each read
 * for its fetch alone. NaN where a cost is not known.  [K57] */
double tr_hold_premium_ratio(const tr_place *place, double held_byte, double hold_s, double recompute_usd);

/* The hold time between two tiers by their drain times alone: as many times the one as the other is it.  [K55] */
double tr_drain_break_even_s(const tr_tier *a, const tr_tier *b);

/* held_byte over a tier that all chips together read at byte_per_s on its datasheet. */
void tr_fetch_time(double held_byte, double byte_per_s, tr_quantity *out);

/* The time to the first token of a request whose prompt is held: rest_s for what is not, and the share of the fetch for
 * which the chips wait. The bound hides all of it.  [K58] */
void tr_hit_ttft(const tr_quantity *rest_s, const tr_quantity *fetch_s, double stall_ratio, tr_quantity *out);

#endif
