/* life/reversible_limits.c -- what algebra alone says of reversible layers and of a cipher of their form. */
#include "life/reversible_limits.h"

#include <math.h>

size_t tr_stack_segment_layer(size_t layers)
{
    size_t best = 0, least = (size_t)-1;
    for (size_t k = 1; k <= layers; k++) { /* 2 n + 4 k is least near k = sqrt(layers / 2) */
        const size_t streams = 2 * ((layers + k - 1) / k) + 4 * k;
        if (streams < least) {
            least = streams;
            best = k;
        }
    }
    return best;
}

size_t tr_stack_train_streams(size_t layers, tr_keep keep)
{
    const size_t step = tr_stack_segment_layer(layers);
    if (step == 0)
        return 0;
    /* [K53] */
    switch (keep) {
    case TR_KEEP_ALL: return 4 * layers + 3;
    case TR_KEEP_CHECKPOINTS: return 2 * ((layers + step - 1) / step) + 4 * step + 5;
    case TR_KEEP_NOTHING: return 6;
    case TR_KEEP_COUNT: break;
    }
    return 0;
}

double tr_stack_growth_ratio(double gain_ratio)
{
    if (!(gain_ratio >= 0.0 && gain_ratio <= 1e6))
        return (double)NAN;
    /* [K54] Squares of the two differences go through ((1, s), (s, 1 + s^2)); its larger eigenvalue, as a length. */
    const double s = gain_ratio * gain_ratio;
    return sqrt(1.0 + s * s / 2.0 + s * sqrt(1.0 + s * s / 4.0));
}

double tr_feistel_ideal_share(size_t size, int rounds)
{
    if (size < 2 || rounds < 0)
        return (double)NAN;
    /* [K51] A bit flipped on the left reaches the right in the first round and comes back in the second; one
     * flipped on the right is read for the first time in the second. What a round reaches is as good as new. */
    const size_t half = size / 2;
    const double left = 8.0 * (double)half, right = 8.0 * (double)size - left, all = left + right;
    const double from_left = rounds == 0 ? 1.0 : rounds == 1 ? 1.0 + right / 2.0 : all / 2.0;
    const double from_right = rounds <= 1 ? 1.0 : rounds == 2 ? 1.0 + left / 2.0 : all / 2.0;
    return (left * from_left + right * from_right) / (all * all);
}
