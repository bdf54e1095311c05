/* base/quantile.c -- quantiles by interpolation between order statistics, and a careful mean. */
#include "base/quantile.h"

#include <math.h>

#include "base/sort.h"

double tr_quantile_sorted(const double *sorted, size_t count, double q)
{
    if (count == 0 || !(q >= 0.0 && q <= 1.0))
        return (double)NAN;
    const double position = q * (double)(count - 1);
    const size_t below = (size_t)position;
    if (below + 1 >= count)
        return sorted[count - 1];
    const double share = position - (double)below;
    if (share == 0.0)
        return sorted[below]; /* also where the neighbour is infinite */
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

double tr_quantile(double *value, size_t count, double q, double *scratch)
{
    tr_sort_double(value, count, scratch);
    return tr_quantile_sorted(value, count, q);
}

double tr_sum(const double *value, size_t count)
{
    double sum = 0.0;
    double carry = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double next = sum + value[i];
        carry += fabs(sum) >= fabs(value[i]) ? (sum - next) + value[i] : (value[i] - next) + sum;
        sum = next;
    }
    return carry == carry ? sum + carry : sum; /* infinities make the carry NaN */
}

double tr_mean(const double *value, size_t count)
{
    return count > 0 ? tr_sum(value, count) / (double)count : (double)NAN;
}
