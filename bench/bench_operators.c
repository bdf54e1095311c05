/* bench_operators.c -- predictions a second by operators on one core: a full list, a step, points of a boiled-down
 * pass, and the best of all layouts. */
#include <tokenroof/rate.h>

#include "bench.h"

enum { POINTS = 1024 };

typedef struct work {
    tr_model model;
    tr_system system;
    tr_layout layout;
    tr_shard shard;
    tr_roofline roof;
    tr_timing timing;
    tr_op ops[TR_OP_LIST_MAX];
    double batch_seq[POINTS], step_s[POINTS];
} work;

static tr_pass pass_at(size_t i)
{
    return (tr_pass){.decode_seq = 1.0 + (double)(i % 300), .decode_context_token = 1000.0 + (double)(i % 4000),
                     .token_per_seq = 1.0};
}

static void step(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_pass pass = pass_at(i);
        tr_step out;
        if (tr_pass_step(&w->shard, &w->roof, NULL, TR_DISTANCE_NEAR, &pass, &out, NULL) == TR_OK)
            sum += out.step_s;
    }
    bench_keep(sum);
}

static void list(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_pass pass = pass_at(i);
        size_t count = 0;
        if (tr_operator_list(&w->shard, &pass, w->ops, TR_OP_LIST_MAX, &count, NULL) == TR_OK)
            sum += (double)count;
    }
    bench_keep(sum);
}

static void boil_down(void *context, size_t rounds)
{
    work *w = context;
    for (size_t i = 0; i < rounds; i++) {
        const tr_pass pass = pass_at(i);
        if (tr_timing_of(&w->shard, NULL, &pass, &w->timing, NULL) == TR_OK)
            bench_keep(w->timing.fixed_s);
    }
}

static void points(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        tr_timing_array(&w->timing, POINTS, w->batch_seq, w->step_s);
        sum += w->step_s[i % POINTS];
    }
    bench_keep(sum);
}

static void best(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_load load = {TR_PHASE_DECODE, 1.0 + (double)(i % 300), 1000.0 + (double)(i % 4000), 1.0};
        tr_layout found;
        if (tr_layout_best(&w->model, &w->system, NULL, NULL, NULL, &load, &found, NULL) == TR_OK)
            sum += found.tp_rank;
    }
    bench_keep(sum);
}

int main(void)
{
    static work w;
    const tr_load load = {TR_PHASE_DECODE, 64.0, 4096.0, 1.0};
    if (tr_model_catalog_get("deepseek-v3", &w.model, NULL) != TR_OK ||
        tr_system_catalog_get("8xb200-sxm", &w.system, NULL) != TR_OK ||
        tr_layout_best(&w.model, &w.system, NULL, NULL, NULL, &load, &w.layout, NULL) != TR_OK ||
        tr_shard_of(&w.model, &w.system, NULL, &w.layout, NULL, &w.shard, NULL) != TR_OK ||
        tr_roofline_of(&w.model, &w.system, NULL, NULL, &w.roof, NULL) != TR_OK)
        return 1;
    for (int i = 0; i < POINTS; i++)
        w.batch_seq[i] = 1.0 + (double)(i % 300);
    const double step_s = bench_round_s(step, &w);
    bench_print("operators, a step of deepseek-v3", step_s, "s", 2e-6, "the aim of 2 us", BENCH_LESS_IS_BETTER);
    bench_print("operators, a list of deepseek-v3", bench_round_s(list, &w), "s", 2e-6, "the aim of 2 us",
                BENCH_LESS_IS_BETTER);
    bench_print("operators, a pass boiled down", bench_round_s(boil_down, &w), "s", 2e-6, "the aim of 2 us",
                BENCH_LESS_IS_BETTER);
    const double point_s = bench_round_s(points, &w) / POINTS;
    bench_print("operators, a point of a boiled-down pass", point_s, "s", 200e-9, "the aim of 200 ns",
                BENCH_LESS_IS_BETTER);
    bench_print("operators, the best layout of eight chips", bench_round_s(best, &w), "s", 50.0 * step_s,
                "fifty steps: there are so many layouts", BENCH_LESS_IS_BETTER);
    bench_print("operators, steps one by one", 1.0 / step_s, "prediction/s", 8000.0,
                "the fastest per-operator peer's published rate", BENCH_MORE_IS_BETTER);
    bench_print("operators, points of a boiled-down pass", 1.0 / point_s, "prediction/s", 132.0,
                "AIConfigurator's own roofline, published", BENCH_MORE_IS_BETTER);
    return 0;
}
