/* bench.c -- the clock, the median, the JSON line, and the peak that one core reaches. */
#define _POSIX_C_SOURCE 200809L

#include "bench.h"

#include <stdio.h>
#include <time.h>

#include "base/json.h"
#include "base/quantile.h"

#define SAMPLES 15
#define SAMPLE_S 0.020

#if defined(__AVX512F__)
#define VECTOR_BYTE 64
#elif defined(__AVX__)
#define VECTOR_BYTE 32
#else
#define VECTOR_BYTE 16
#endif
#define LANES (VECTOR_BYTE / 8)
#define CHAINS 12 /* enough to cover the latency, few enough for 16 registers */
typedef double vector __attribute__((vector_size(VECTOR_BYTE)));

double bench_now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_median(double *sample, size_t count)
{
    double scratch[256];
    return tr_quantile(sample, count < 256 ? count : 256, 0.5, scratch);
}

double bench_round_s(bench_run run, void *context)
{
    size_t rounds = 1;
    double start = bench_now_s();
    run(context, rounds);
    for (double took = bench_now_s() - start; took < SAMPLE_S; took = bench_now_s() - start) {
        rounds *= took < SAMPLE_S / 16.0 ? 8 : 2;
        start = bench_now_s();
        run(context, rounds);
    }
    double sample[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
        start = bench_now_s();
        run(context, rounds);
        sample[i] = (bench_now_s() - start) / (double)rounds;
    }
    return bench_median(sample, SAMPLES);
}

static int to_stdout(void *context, const char *text, size_t length)
{
    (void)context;
    return fwrite(text, 1, length, stdout) == length ? 0 : 1;
}

void bench_print(const char *bench, double value, const char *unit, double limit, const char *limit_what,
                 bench_better better)
{
    const tr_sink sink = {to_stdout, NULL};
    tr_json j;
    tr_json_begin(&j, &sink, 0);
    tr_json_object(&j);
    tr_json_key_string(&j, "bench", bench);
    tr_json_key_number(&j, "value", value);
    tr_json_key_string(&j, "unit", unit);
    if (limit > 0.0) {
        tr_json_key_number(&j, "limit", limit);
        tr_json_key_string(&j, "limit_what", limit_what);
        tr_json_key_number(&j, "share", better == BENCH_MORE_IS_BETTER ? value / limit : limit / value);
    }
    tr_json_close(&j);
    (void)tr_json_finish(&j);
    (void)putchar('\n');
    (void)fflush(stdout);
}

static volatile double kept;
void bench_keep(double value) { kept = value; }

static void keep(const vector *chain)
{
    double sum = 0.0;
    for (int i = 0; i < CHAINS; i++)
        for (int k = 0; k < LANES; k++)
            sum += chain[i][k];
    bench_keep(sum);
}

static vector filled(double value)
{
    vector v;
    for (int k = 0; k < LANES; k++)
        v[k] = value;
    return v;
}

static void multiply_add(void *context, size_t rounds)
{
    (void)context;
    const vector factor = filled(0.999999);
    const vector term = filled(1e-6);
    vector chain[CHAINS];
    for (int i = 0; i < CHAINS; i++)
        chain[i] = filled(1.0 + i);
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < CHAINS; i++)
            chain[i] = chain[i] * factor + term;
    keep(chain);
}

static void divide(void *context, size_t rounds)
{
    (void)context;
    const vector over = filled(3.0);
    vector chain[CHAINS];
    for (int i = 0; i < CHAINS; i++)
        chain[i] = filled(1.25 + i);
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < CHAINS; i++)
            chain[i] = over / chain[i];
    keep(chain);
}

double bench_flop_per_s(void) { return 2.0 * CHAINS * LANES / bench_round_s(multiply_add, NULL); }
double bench_division_per_s(void) { return (double)CHAINS * LANES / bench_round_s(divide, NULL); }
