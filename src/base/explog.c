/* base/explog.c -- exp and log from reduced arguments and short series, in plain arithmetic. */
#include "base/explog.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln 2 in two parts: the first has 32 bits, so that k times it is exact. */
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define LOG2_E 1.4426950408889634
#define SQRT_HALF 0.70710678118654757

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

double tr_exp(double x)
{
    if (!(x < 709.78))
        return x >= 709.78 ? HUGE_VAL : x;
    if (x < -708.0)
        return 0.0;
    const double k = floor(x * LOG2_E + 0.5);
    const double r = (x - k * LN2_HIGH) - k * LN2_LOW; /* |r| <= ln 2 / 2 */
    /* The series of exp(r) - 1 - r, from its small end. */
    double sum = 1.0 / 87178291200.0;
    static const double over[] = {1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
                                  1.0 / 362880.0,     1.0 / 40320.0,     1.0 / 5040.0,     1.0 / 720.0,
                                  1.0 / 120.0,        1.0 / 24.0,        1.0 / 6.0,        0.5};
    for (int i = 0; i < 12; i++)
        sum = sum * r + over[i];
    const double y = 1.0 + (r + r * r * sum);
    /* In two factors: 2^1024 is not a double. */
    const int64_t n = (int64_t)k, half = n / 2;
    return y * from_bits((uint64_t)(half + 1023) << 52) * from_bits((uint64_t)(n - half + 1023) << 52);
}

double tr_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (!(x > 0.0) || bits >= 0x7FF0000000000000ULL)
        return x == 0.0 ? -HUGE_VAL : x < 0.0 ? (double)NAN : x;
    if (bits < 0x0010000000000000ULL)
        return -HUGE_VAL;
    double k = (double)((int64_t)(bits >> 52) - 1022);
    double m = from_bits((bits & 0x000FFFFFFFFFFFFFULL) | 0x3FE0000000000000ULL); /* in [1/2, 1) */
    if (m < SQRT_HALF) {
        m *= 2.0;
        k -= 1.0;
    }
    /* log m = 2 atanh f with |f| <= 0.1716. */
    const double d = m - 1.0, f = d / (m + 1.0), z = f * f;
    double sum = 1.0 / 21.0;
    static const double over[] = {1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0,
                                  1.0 / 9.0,  1.0 / 7.0,  1.0 / 5.0,  1.0 / 3.0};
    for (int i = 0; i < 9; i++)
        sum = sum * z + over[i];
    /* 2 f = d - f d, and d is exact. */
    return k * LN2_HIGH + (d + (f * (2.0 * z * sum - d) + k * LN2_LOW));
}
