/* probe/steady.c -- when repeats of a measurement agree, and what they say together. */
#include "probe/measure.h"

#include "base/quantile.h"
#include "base/sort.h"

void tr_repeats_add(tr_repeats *repeats, double rate_per_s)
{
    repeats->rate[repeats->count % TR_REPEAT_MAX] = rate_per_s;
    repeats->count++;
}

/* [C10] */
int tr_repeats_steady(const tr_repeats *repeats)
{
    double last[TR_STEADY_REPEATS], scratch[TR_STEADY_REPEATS];
    if (repeats->count < TR_STEADY_REPEATS)
        return 0;
    for (size_t i = 0; i < TR_STEADY_REPEATS; i++)
        last[i] = repeats->rate[(repeats->count - 1 - i) % TR_REPEAT_MAX];
    const double median = tr_quantile(last, TR_STEADY_REPEATS, 0.5, scratch); /* sorts them */
    return last[TR_STEADY_REPEATS - 1] - last[0] <= TR_STEADY_RATIO * median;
}

tr_steady tr_repeats_sum_up(const tr_repeats *repeats)
{
    double kept[TR_REPEAT_MAX], scratch[TR_REPEAT_MAX];
    const size_t there = repeats->count < TR_REPEAT_MAX ? repeats->count : TR_REPEAT_MAX;
    const size_t warm = repeats->count <= TR_REPEAT_MAX ? there / 4 : 0; /* of more the first are gone anyway */
    const size_t count = there - warm;
    tr_steady sum = {.repeat_count = repeats->count, .is_steady = tr_repeats_steady(repeats)};
    if (count == 0)
        return sum;
    for (size_t i = 0; i < count; i++)
        kept[i] = repeats->rate[warm + i];
    tr_sort_double(kept, count, scratch);
    sum.best = kept[count - 1];
    sum.median = tr_quantile_sorted(kept, count, 0.5);
    sum.spread_ratio = sum.median > 0.0
                           ? (tr_quantile_sorted(kept, count, 0.9) - tr_quantile_sorted(kept, count, 0.1)) / sum.median
                           : 0.0;
    return sum;
}
