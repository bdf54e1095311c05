/* bench_quantity.c -- numbers read and written a second, beside libc on the same digits. */
#include <stdio.h>
#include <stdlib.h>

#include <tokenroof/base.h>

#include "base/text.h"
#include "bench.h"
#include "kernel.h"

#define VALUES 8
static const char *const TEXT[VALUES] = {"3.35", "2.50", "128", "20", "671e9", "1979", "0.2133", "64"};
static const double VALUE[VALUES] = {3.35e12, 2.5, 131072.0, 0.0128, 671e9, 1.0 / 3.0, 0.2133, 64.0};

static void parse(void *context, size_t rounds)
{
    (void)context;
    bench_keep(kernel_run(KERNEL_PARSE, (uint32_t)rounds));
}

static void parse_libc(void *context, size_t rounds)
{
    (void)context;
    double sum = 0.0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            sum += strtod(TEXT[i], NULL);
    bench_keep(sum);
}

static void format(void *context, size_t rounds)
{
    (void)context;
    char out[64];
    size_t length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += tr_quantity_format(VALUE[i], TR_UNIT_NONE, out, sizeof out);
    bench_keep((double)length);
}

static void format_libc(void *context, size_t rounds)
{
    (void)context;
    char out[64];
    int length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += snprintf(out, sizeof out, "%.4g", VALUE[i]);
    bench_keep((double)length);
}

static void shortest(void *context, size_t rounds)
{
    (void)context;
    char out[32];
    size_t length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += tr_number_format(VALUE[i], out, sizeof out);
    bench_keep((double)length);
}

static void shortest_libc(void *context, size_t rounds)
{
    (void)context;
    char out[64];
    int length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += snprintf(out, sizeof out, "%.17g", VALUE[i]);
    bench_keep((double)length);
}

static void fixed(void *context, size_t rounds)
{
    (void)context;
    char out[24];
    size_t length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += tr_text_fixed(out, sizeof out, 100.0 * (double)i + VALUE[7] / 3.0, 2);
    bench_keep((double)length);
}

static void fixed_libc(void *context, size_t rounds)
{
    (void)context;
    char out[24];
    int length = 0;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < VALUES; i++)
            length += snprintf(out, sizeof out, "%.2f", 100.0 * (double)i + VALUE[7] / 3.0);
    bench_keep((double)length);
}

static double per_s(bench_run run) { return (double)VALUES / bench_round_s(run, NULL); }

int main(void)
{
    bench_print("quantity parse", per_s(parse), "number/s", per_s(parse_libc), "strtod on the bare numbers",
                BENCH_MORE_IS_BETTER);
    bench_print("quantity format", per_s(format), "number/s", per_s(format_libc), "snprintf %.4g",
                BENCH_MORE_IS_BETTER);
    bench_print("number format, shortest", per_s(shortest), "number/s", per_s(shortest_libc), "snprintf %.17g",
                BENCH_MORE_IS_BETTER);
    bench_print("fixed point", per_s(fixed), "number/s", per_s(fixed_libc), "snprintf %.2f", BENCH_MORE_IS_BETTER);
    return 0;
}
