/* lab/feistel.c -- a Feistel network over bytes: encrypt, decrypt, and how fast a flipped bit spreads. */
#include "lab/lab.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/rng.h"

static uint64_t mix(uint64_t x) { return tr_splitmix64(&x); }

/* Not invertible, and need not be: what all of `in` comes to, drawn out over `out`. */
static void add_all(uint64_t seed, const unsigned char *in, size_t in_size, unsigned char *out, size_t out_size)
{
    uint64_t state = seed;
    for (size_t i = 0; i < in_size; i++)
        state = mix(state ^ in[i]);
    for (size_t i = 0; i < out_size; i += 8) {
        const uint64_t word = tr_splitmix64(&state);
        for (size_t k = 0; k < 8 && i + k < out_size; k++)
            out[i + k] ^= (unsigned char)(word >> (8 * k));
    }
}

/* Each byte of `out` sees only a few of `in`, beginning with its own. */
static void add_near(uint64_t seed, size_t reach, const unsigned char *in, size_t in_size, unsigned char *out,
                     size_t out_size)
{
    for (size_t i = 0; i < out_size; i++) {
        uint64_t state = mix(seed ^ (i + 1));
        for (size_t k = 0; k < reach; k++)
            state = mix(state ^ in[(i + k) % in_size]);
        out[i] ^= (unsigned char)(state >> 56);
    }
}

/* [K50] One half gets a function of the other added, bit by bit without carry: doing it again takes it away. */
static void one_round(const tr_feistel *cipher, int round, unsigned char *block, size_t size)
{
    const size_t half = size / 2;
    const uint64_t seed = mix(cipher->key + mix((uint64_t)round));
    unsigned char *left = block, *right = block + half;
    const unsigned char *in = round % 2 == 0 ? left : right;
    unsigned char *out = round % 2 == 0 ? right : left;
    const size_t in_size = round % 2 == 0 ? half : size - half, out_size = size - in_size;
    if (cipher->reach == 0 || (size_t)cipher->reach >= in_size)
        add_all(seed, in, in_size, out, out_size);
    else
        add_near(seed, (size_t)cipher->reach, in, in_size, out, out_size);
}

static tr_status check(const tr_feistel *cipher, const void *block, size_t size, tr_error *err)
{
    if (cipher == NULL || block == NULL)
        return tr_fail(err, TR_EMISSING, cipher == NULL ? "cipher" : "block", 0.0, "expected a cipher and a block");
    if (cipher->rounds < 1 || cipher->rounds > TR_FEISTEL_ROUND_MAX)
        return tr_fail(err, TR_EDOMAIN, "rounds", cipher->rounds, "a cipher has 1 to %d rounds", TR_FEISTEL_ROUND_MAX);
    if (cipher->reach < 0 || cipher->reach > TR_FEISTEL_BLOCK_MAX)
        return tr_fail(err, TR_EDOMAIN, "reach", cipher->reach, "a round reaches 1 to %d bytes, or 0 for all",
                       TR_FEISTEL_BLOCK_MAX);
    if (size < 2 || size > TR_FEISTEL_BLOCK_MAX)
        return tr_fail(err, TR_EDOMAIN, "block_byte", (double)size, "a block has 2 to %d bytes", TR_FEISTEL_BLOCK_MAX);
    return TR_OK;
}

tr_status tr_feistel_encrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err)
{
    const tr_status s = check(cipher, block, size, err);
    for (int round = 0; s == TR_OK && round < cipher->rounds; round++)
        one_round(cipher, round, block, size);
    return s;
}

tr_status tr_feistel_decrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err)
{
    const tr_status s = check(cipher, block, size, err);
    for (int round = s == TR_OK ? cipher->rounds : 0; round-- > 0;)
        one_round(cipher, round, block, size);
    return s;
}

static double differing_bits(const unsigned char *a, const unsigned char *b, size_t size)
{
    int bits = 0;
    for (size_t i = 0; i < size; i++)
        for (unsigned x = (unsigned)(a[i] ^ b[i]); x != 0; x &= x - 1)
            bits++;
    return bits;
}

tr_status tr_feistel_avalanche(const tr_feistel *cipher, size_t size, size_t samples, unsigned char *work, double *y,
                               tr_error *err)
{
    const tr_status s = check(cipher, work, size, err);
    if (s != TR_OK)
        return s;
    if (y == NULL)
        return tr_fail(err, TR_EMISSING, "y", 0.0, "expected a place for the shares");
    if (samples < 1 || samples > 1000000)
        return tr_fail(err, TR_EDOMAIN, "samples", (double)samples, "between 1 and a million messages are tried");
    unsigned char *a = work, *b = work + size;
    tr_rng rng;
    tr_rng_seed(&rng, mix(cipher->key));
    for (int round = 0; round <= cipher->rounds; round++)
        y[round] = 0.0;
    for (size_t n = 0; n < samples; n++) {
        for (size_t i = 0; i < size; i++)
            a[i] = (unsigned char)tr_rng_next(&rng);
        memcpy(b, a, size);
        const uint64_t bit = tr_rng_below(&rng, 8 * (uint64_t)size);
        b[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        y[0] += differing_bits(a, b, size);
        for (int round = 0; round < cipher->rounds; round++) {
            one_round(cipher, round, a, size);
            one_round(cipher, round, b, size);
            y[round + 1] += differing_bits(a, b, size);
        }
    }
    for (int round = 0; round <= cipher->rounds; round++)
        y[round] /= 8.0 * (double)size * (double)samples;
    return TR_OK;
}
