/* bench_step_array.c -- closed-form decode steps a second on one core, beside what its arithmetic units allow. */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "kernel.h"

/* Operations a step, counted in src/rate/array.c: + - * / in the loop, comparisons not counted. */
#define DENSE_FLOP 8.0
#define DENSE_DIVISION 2.0
#define EXPERTS_FLOP 15.0
#define EXPERTS_DIVISION 3.0

static void run(void *context, size_t rounds)
{
    const int *kind = context;
    bench_keep(kernel_run(*kind, (uint32_t)rounds));
}

static double step_per_s(int kind)
{
    if (!kernel_begin(kind))
        return 0.0;
    return kernel_items_per_round(kind) / bench_round_s(run, &kind);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "kernels") == 0) { /* for bench_wasm.mjs: items a second of each kernel */
        for (int kind = 0; kind < KERNEL_COUNT; kind++)
            (void)printf("%.9g\n", step_per_s(kind));
        return 0;
    }
    const double flop_per_s = bench_flop_per_s();
    const double division_per_s = bench_division_per_s();
    bench_print("core multiply-add rate", flop_per_s, "FLOP/s", 0.0, "", BENCH_MORE_IS_BETTER);
    bench_print("core division rate", division_per_s, "division/s", 0.0, "", BENCH_MORE_IS_BETTER);

    const double dense = step_per_s(KERNEL_DENSE);
    const double experts = step_per_s(KERNEL_EXPERTS);
    const double one = step_per_s(KERNEL_ONE_CASE);
    if (!(dense > 0.0 && experts > 0.0 && one > 0.0))
        return 1;
    bench_print("step_array dense", dense, "step/s", flop_per_s / DENSE_FLOP,
                "this core's measured multiply-add rate over 8 FLOP a step", BENCH_MORE_IS_BETTER);
    bench_print("step_array dense, divider", dense, "step/s", division_per_s / DENSE_DIVISION,
                "this core's measured division rate over 2 divisions a step", BENCH_MORE_IS_BETTER);
    bench_print("step_array experts", experts, "step/s", flop_per_s / EXPERTS_FLOP,
                "this core's measured multiply-add rate over 15 FLOP a step", BENCH_MORE_IS_BETTER);
    bench_print("step_array experts, divider", experts, "step/s", division_per_s / EXPERTS_DIVISION,
                "this core's measured division rate over 3 divisions a step", BENCH_MORE_IS_BETTER);
    bench_print("step one by one", one, "step/s", dense, "the array entry point", BENCH_MORE_IS_BETTER);
    return 0;
}
