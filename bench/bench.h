/* bench.h -- timing by repetition, and one JSON line a figure, beside the limit it approaches. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>

/* Monotonic clock. */
double bench_now_s(void);

/* Seconds that one call of run(context, rounds) takes per round: rounds are raised until a call lasts
 * 20 ms, then the median of 15 calls is taken (the machine is shared: the mean would tell of the others). */
typedef void (*bench_run)(void *context, size_t rounds);
double bench_round_s(bench_run run, void *context);

/* The median of count samples; sorts them. */
double bench_median(double *sample, size_t count);

/* One line of JSON on stdout: {"bench","value","unit","limit","limit_what","share"}. share is value / limit,
 * turned over where smaller is better, so that 1 means "as good as can be". limit 0: none is known. */
typedef enum bench_better { BENCH_MORE_IS_BETTER, BENCH_LESS_IS_BETTER } bench_better;
void bench_print(const char *bench, double value, const char *unit, double limit, const char *limit_what,
                 bench_better better);

/* What one core can do, with the instructions this was compiled for: multiplies and adds a second on
 * independent numbers, and divisions a second. */
double bench_flop_per_s(void);
double bench_division_per_s(void);

/* Give the optimiser a reason to compute it. */
void bench_keep(double value);

#endif
