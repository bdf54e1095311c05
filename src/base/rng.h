/* base/rng.h -- random numbers with the state in the caller's hands.
 *
 * xoshiro256++ 1.0 seeded through splitmix64 (Blackman and Vigna). The same
 * seed gives the same stream on every machine. Streams that must not overlap
 * are split by jumping 2^128 draws.
 */
#ifndef TOKENROOF_SRC_BASE_RNG_H
#define TOKENROOF_SRC_BASE_RNG_H

#include <stdint.h>

typedef struct tr_rng {
    uint64_t state[4];
} tr_rng;

uint64_t tr_splitmix64(uint64_t *state);

void tr_rng_seed(tr_rng *rng, uint64_t seed);
uint64_t tr_rng_next(tr_rng *rng);
/* Move 2^128 draws ahead: the k-th stream is the seed jumped k times. */
void tr_rng_jump(tr_rng *rng);

/* In [0, 1), 53 random bits. */
double tr_rng_uniform(tr_rng *rng);
/* In 0..bound-1 with no bias; 0 if bound is 0. */
uint64_t tr_rng_below(tr_rng *rng, uint64_t bound);
/* Samplers: these use log and sqrt, so the last bit may differ between libms. */
double tr_rng_exponential(tr_rng *rng, double mean);
double tr_rng_normal(tr_rng *rng);                             /* mean 0, deviation 1 */
double tr_rng_log_uniform(tr_rng *rng, double low, double high);   /* 0 < low <= high */

#endif
