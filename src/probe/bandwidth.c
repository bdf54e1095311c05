/* probe/bandwidth.c -- the loops that read and write memory, in the widest loads that the processor has. */
#include "probe/measure.h"

/* One body for each width, in the compiler's own vectors, which every processor can be given. Eight sums side by side,
 * so that no add waits for another. */
/* NOLINTBEGIN(bugprone-macro-parentheses): an attribute stands in no parentheses */
#define KERNELS(NAME, BYTE, TARGET)                                                                        \
    typedef uint64_t NAME##_word __attribute__((vector_size(BYTE), aligned(BYTE), may_alias));             \
    typedef double NAME##_real __attribute__((vector_size(BYTE), aligned(BYTE), may_alias));               \
    TARGET static uint64_t read_##NAME(const void *from, size_t byte)                                      \
    {                                                                                                      \
        const NAME##_word *v = from;                                                                       \
        NAME##_word s[8] = {{0}};                                                                          \
        uint64_t sum = 0;                                                                                  \
        for (size_t i = 0; i < byte / (BYTE); i += 8)                                                      \
            for (size_t k = 0; k < 8; k++)                                                                 \
                s[k] += v[i + k];                                                                          \
        for (size_t k = 1; k < 8; k++)                                                                     \
            s[0] += s[k];                                                                                  \
        for (size_t k = 0; k < (BYTE) / 8; k++)                                                            \
            sum += s[0][k];                                                                                \
        return sum;                                                                                        \
    }                                                                                                      \
    TARGET static void triad_##NAME(double *a, const double *b, const double *c, size_t count)             \
    {                                                                                                      \
        NAME##_real *to = (NAME##_real *)(void *)a;                                                        \
        const NAME##_real *x = (const NAME##_real *)(const void *)b, *y = (const NAME##_real *)(const void *)c; \
        for (size_t i = 0; i < count * 8 / (BYTE); i++)                                                    \
            to[i] = x[i] + 3.0 * y[i];                                                                     \
    }

KERNELS(plain, 16, )
#if defined(__x86_64__)
KERNELS(avx2, 32, __attribute__((target("avx2"))))
KERNELS(avx512, 64, __attribute__((target("avx512f"))))
#endif
/* NOLINTEND(bugprone-macro-parentheses) */

/* [C11] */
uint64_t tr_read_sum(const void *from, size_t byte)
{
#if defined(__x86_64__)
    if (tr_has_avx512())
        return read_avx512(from, byte);
    if (tr_has_avx2())
        return read_avx2(from, byte);
#endif
    return read_plain(from, byte);
}

/* [C12] */
void tr_triad(double *a, const double *b, const double *c, size_t count)
{
#if defined(__x86_64__)
    if (tr_has_avx512()) {
        triad_avx512(a, b, c, count);
        return;
    }
    if (tr_has_avx2()) {
        triad_avx2(a, b, c, count);
        return;
    }
#endif
    triad_plain(a, b, c, count);
}

const char *tr_stream_method(void)
{
    return tr_has_avx512() ? "avx512" : tr_has_avx2() ? "avx2" : "plain";
}
