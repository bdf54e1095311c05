/* bench_operators.c -- predictions a second by operators on one core: a full list, a step, and points of a plan. */
#include <tokenroof/pass.h>

#include "bench.h"

enum { POINTS = 1024 };

typedef struct work {
    tr_model model;
    tr_system system;
    tr_layout layout;
    tr_plan plan;
    tr_op ops[TR_OP_LIST_MAX];
    double batch_seq[POINTS], context_token[POINTS], step_s[POINTS];
} work;

static void step(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_load load = {TR_PHASE_DECODE, 1.0 + (double)(i % 300), 1000.0 + (double)(i % 4000), 1.0};
        tr_step out;
        if (tr_operator_step(&w->model, &w->system, &w->layout, NULL, &load, &out, NULL) == TR_OK)
            sum += out.step_s;
    }
    bench_keep(sum);
}

static void list(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_pass pass = {
            .decode_seq = 1.0 + (double)(i % 300), .decode_context_token = 4096.0, .token_per_seq = 1.0};
        size_t count = 0;
        if (tr_operator_list(&w->model, &w->system, &w->layout, NULL, &pass, w->ops, TR_OP_LIST_MAX, &count, NULL) ==
            TR_OK)
            sum += (double)count;
    }
    bench_keep(sum);
}

static void points(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        tr_plan_step_array(&w->plan, POINTS, w->batch_seq, w->context_token, w->step_s);
        sum += w->step_s[i % POINTS];
    }
    bench_keep(sum);
}

int main(void)
{
    static work w;
    if (tr_model_catalog_get("deepseek-v3", &w.model, NULL) != TR_OK ||
        tr_system_catalog_get("8xb200-sxm", &w.system, NULL) != TR_OK ||
        tr_layout_default(&w.model, &w.system, NULL, &w.layout, NULL) != TR_OK ||
        tr_plan_of(&w.model, &w.system, &w.layout, NULL, &w.plan, NULL) != TR_OK)
        return 1;
    for (int i = 0; i < POINTS; i++) {
        w.batch_seq[i] = 1.0 + (double)(i % 300);
        w.context_token[i] = 1000.0 + 37.0 * (double)i;
    }
    const double step_s = bench_round_s(step, &w), point_s = bench_round_s(points, &w) / POINTS;
    bench_print("operators, a step of deepseek-v3", step_s, "s", 2e-6, "the aim of 2 us", BENCH_LESS_IS_BETTER);
    bench_print("operators, a list of deepseek-v3", bench_round_s(list, &w), "s", 2e-6, "the aim of 2 us",
                BENCH_LESS_IS_BETTER);
    bench_print("operators, a point of a plan", point_s, "s", 200e-9, "the aim of 200 ns", BENCH_LESS_IS_BETTER);
    bench_print("operators, steps one by one", 1.0 / step_s, "prediction/s", 8000.0,
                "the fastest per-operator peer's published rate", BENCH_MORE_IS_BETTER);
    bench_print("operators, points of a plan", 1.0 / point_s, "prediction/s", 132.0,
                "AIConfigurator's own roofline, published", BENCH_MORE_IS_BETTER);
    return 0;
}
