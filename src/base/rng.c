/* base/rng.c -- splitmix64, xoshiro256++, and the few distributions that simulations ask for. */
#include "base/rng.h"

#include <math.h>

uint64_t tr_splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

void tr_rng_seed(tr_rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rng->state[i] = tr_splitmix64(&seed);
}

static uint64_t rotate(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

uint64_t tr_rng_next(tr_rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

void tr_rng_jump(tr_rng *rng)
{
    /* Coefficients of x^(2^128) modulo the generator's characteristic polynomial. */
    static const uint64_t JUMP[4] = {0x180EC6D33CFD0ABAULL, 0xD5A61266F0C9392CULL, 0xA9582618E03FC9AAULL,
                                     0x39ABDC4529B1661CULL};
    tr_rng sum = {{0, 0, 0, 0}};
    for (int i = 0; i < 4; i++) {
        for (int bit = 0; bit < 64; bit++) {
            if (JUMP[i] & (1ULL << bit))
                for (int k = 0; k < 4; k++)
                    sum.state[k] ^= rng->state[k];
            (void)tr_rng_next(rng);
        }
    }
    *rng = sum;
}

double tr_rng_uniform(tr_rng *rng) { return (double)(tr_rng_next(rng) >> 11) * 0x1p-53; }

uint64_t tr_rng_below(tr_rng *rng, uint64_t bound)
{
    if (bound == 0)
        return 0;
    const uint64_t skip = (0 - bound) % bound; /* 2^64 mod bound: the uneven rest */
    uint64_t x;
    do
        x = tr_rng_next(rng);
    while (x < skip);
    return x % bound;
}

double tr_rng_exponential(tr_rng *rng, double mean) { return -mean * log(1.0 - tr_rng_uniform(rng)); }

double tr_rng_normal(tr_rng *rng)
{
    for (;;) { /* polar method; the second deviate is dropped so that the state stays four words */
        const double x = 2.0 * tr_rng_uniform(rng) - 1.0;
        const double y = 2.0 * tr_rng_uniform(rng) - 1.0;
        const double r = x * x + y * y;
        if (r > 0.0 && r < 1.0)
            return x * sqrt(-2.0 * log(r) / r);
    }
}

double tr_rng_log_uniform(tr_rng *rng, double low, double high)
{
    const double value = low * exp(tr_rng_uniform(rng) * log(high / low));
    return value < low ? low : value > high ? high : value;
}
