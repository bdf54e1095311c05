/* base/sort.c -- radix sort of doubles by their bits; merge sort of indices. */
#include "base/sort.h"

#include <stdint.h>
#include <string.h>

#define INSERTION_MAX 32
#define DIGIT_BIT 8
#define DIGIT_COUNT 256
#define PASS_COUNT 8

static const uint64_t SIGN = 0x8000000000000000ULL;

/* Bits that order as unsigned integers the way the doubles order. */
static uint64_t key_of(double value)
{
    uint64_t bits;
    if (value != value)
        return UINT64_MAX;
    memcpy(&bits, &value, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

static double value_of(uint64_t key)
{
    const uint64_t bits = key & SIGN ? key & ~SIGN : ~key;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t get(const double *at)
{
    uint64_t bits;
    memcpy(&bits, at, sizeof bits);
    return bits;
}

static void insertion(double *value, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double v = value[i];
        const uint64_t k = key_of(v);
        size_t j = i;
        for (; j > 0 && key_of(value[j - 1]) > k; j--)
            value[j] = value[j - 1];
        value[j] = v;
    }
}

void tr_sort_double(double *value, size_t count, double *scratch)
{
    if (count <= INSERTION_MAX) {
        insertion(value, count);
        return;
    }
    size_t histogram[PASS_COUNT][DIGIT_COUNT];
    memset(histogram, 0, sizeof histogram);
    for (size_t i = 0; i < count; i++) {
        const uint64_t k = key_of(value[i]);
        memcpy(&value[i], &k, sizeof k);
        for (int pass = 0; pass < PASS_COUNT; pass++)
            histogram[pass][(k >> (pass * DIGIT_BIT)) & (DIGIT_COUNT - 1)]++;
    }
    double *from = value;
    double *to = scratch;
    for (int pass = 0; pass < PASS_COUNT; pass++) {
        size_t *h = histogram[pass];
        const int shift = pass * DIGIT_BIT;
        if (h[(get(&from[0]) >> shift) & (DIGIT_COUNT - 1)] == count)
            continue; /* all share this digit */
        size_t at = 0;
        for (int d = 0; d < DIGIT_COUNT; d++) {
            const size_t n = h[d];
            h[d] = at;
            at += n;
        }
        for (size_t i = 0; i < count; i++) {
            const uint64_t k = get(&from[i]);
            memcpy(&to[h[(k >> shift) & (DIGIT_COUNT - 1)]++], &k, sizeof k);
        }
        double *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < count; i++)
        value[i] = value_of(get(&from[i]));
}

void tr_sort_index_by(tr_before before, const void *context, size_t *index, size_t count,
                      size_t *scratch)
{
    const size_t run = 8;
    for (size_t low = 0; low < count; low += run) {
        const size_t high = count - low < run ? count : low + run;
        for (size_t i = low + 1; i < high; i++) {
            const size_t v = index[i];
            size_t j = i;
            for (; j > low && before(context, v, index[j - 1]); j--)
                index[j] = index[j - 1];
            index[j] = v;
        }
    }
    size_t *from = index;
    size_t *to = scratch;
    for (size_t width = run; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            const size_t middle = count - low < width ? count : low + width;
            const size_t high = count - low < 2 * width ? count : low + 2 * width;
            size_t a = low;
            size_t b = middle;
            for (size_t k = low; k < high; k++) /* right only if it must stand first: stable */
                to[k] = a < middle && (b == high || !before(context, from[b], from[a])) ? from[a++]
                                                                                          : from[b++];
        }
        size_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != index)
        memcpy(index, from, count * sizeof index[0]);
}

static int key_before(const void *context, size_t a, size_t b)
{
    const double *key = context;
    return key_of(key[a]) < key_of(key[b]);
}

void tr_sort_index(const double *key, size_t *index, size_t count, size_t *scratch)
{
    tr_sort_index_by(key_before, key, index, count, scratch);
}
