/* bench_fitted.c -- predictions a second by fitted physics on one core: a pass, and a server of clients. */
#include <tokenroof/serve.h>

#include "bench.h"

typedef struct work {
    tr_model model;
    tr_system system;
    const tr_engine *engine;
    tr_calibration calibration;
    tr_shard shard;
    tr_roofline roof;
} work;

static const tr_layout layout = {8, 1, 1, 1, 1, 0};

static void pass(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_pass p = {.decode_seq = 1.0 + (double)(i % 300), .decode_context_token = 1000.0 + (double)(i % 4000),
                           .token_per_seq = 1.0};
        tr_step step;
        if (tr_pass_step(&w->shard, &w->roof, &w->calibration, TR_DISTANCE_NEAR, &p, &step, NULL) == TR_OK)
            sum += step.step_s;
    }
    bench_keep(sum);
}

static int make_ready(work *w)
{
    return tr_calibration_find(&w->system.chip, "sglang", NULL, &w->calibration, NULL) == TR_OK &&
           tr_roofline_of(&w->model, &w->system, w->engine, NULL, &w->roof, NULL) == TR_OK &&
           tr_shard_of(&w->model, &w->system, w->engine, &layout, NULL, &w->shard, NULL) == TR_OK;
}

static void whole_case(void *context, size_t rounds)
{
    work *w = context;
    for (size_t i = 0; i < rounds; i++)
        if (make_ready(w))
            pass(w, 1);
}

static void serve(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_clients clients = {
            .concurrency_seq = 1.0 + (double)(i % 256), .prompt_token = 1024.0, .output_token = 1024.0};
        tr_service service;
        if (tr_serve(&w->shard, &w->roof, &w->calibration, TR_DISTANCE_NEAR, &clients, &service, NULL) == TR_OK)
            sum += service.tpot_s.predicted;
    }
    bench_keep(sum);
}

int main(void)
{
    static work w;
    if (tr_model_catalog_get("deepseek-v3", &w.model, NULL) != TR_OK ||
        tr_system_catalog_get("8xb200-sxm", &w.system, NULL) != TR_OK ||
        tr_engine_find("sglang", &w.engine, NULL) != TR_OK || !make_ready(&w))
        return 1;
    bench_print("fitted, a pass of deepseek-v3", bench_round_s(pass, &w), "s", 2e-6, "the aim of 2 us",
                BENCH_LESS_IS_BETTER);
    bench_print("fitted, calibration and model made ready too", bench_round_s(whole_case, &w), "s", 2e-6,
                "the aim of 2 us", BENCH_LESS_IS_BETTER);
    bench_print("fitted, deepseek-v3 served to clients", 1.0 / bench_round_s(serve, &w), "prediction/s", 300000.0,
                "the aim of 300,000 a second", BENCH_MORE_IS_BETTER);
    if (tr_model_catalog_get("llama-3.1-70b", &w.model, NULL) != TR_OK || !make_ready(&w))
        return 1;
    bench_print("fitted, llama-3.1-70b served to clients", 1.0 / bench_round_s(serve, &w), "prediction/s", 300000.0,
                "the aim of 300,000 a second", BENCH_MORE_IS_BETTER);
    return 0;
}
