/* probe/multiply.c -- the loops that only multiply: the portable one, and the list of all. */
#include "probe/measure.h"

/* x = 1 x + 1 in 64 places: each adds up the rounds, and no step can be left out or made earlier. */
enum { PLACES = 64 };

#ifdef __FP_FAST_FMAF
#define STEP(X, M, B) __builtin_fmaf(X, M, B)
#else
#define STEP(X, M, B) ((X) * (M) + (B))
#endif

static double run_plain(size_t rounds)
{
    volatile float one = 1.0F;
    const float m = one, b = one;
    float x[PLACES] = {0};
    double sum = 0.0;
    for (size_t n = 0; n < rounds; n++)
        for (int i = 0; i < PLACES; i++)
            x[i] = STEP(x[i], m, b);
    for (int i = 0; i < PLACES; i++)
        sum += (double)x[i];
    return sum;
}

static int always(void) { return 1; }

/* [C13] */
static const tr_multiply plain = {"plain", TR_DTYPE_FP32, 2.0 * PLACES, PLACES, always, run_plain};

const tr_multiply *tr_multiply_at(size_t index) { return index == 0 ? &plain : tr_multiply_x86(index - 1); }

size_t tr_multiply_count(void)
{
    size_t count = 0;
    while (tr_multiply_at(count) != NULL)
        count++;
    return count;
}
