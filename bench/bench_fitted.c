/* bench_fitted.c -- predictions a second by fitted physics on one core: a pass, and a server of clients. */
#include <tokenroof/calibration.h>

#include "bench.h"

typedef struct work {
    tr_model model;
    tr_system system;
    tr_calibration calibration;
    tr_fitted fitted;
} work;

static void pass(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_load load = {TR_PHASE_DECODE, 1.0 + (double)(i % 300), 1000.0 + (double)(i % 4000), 1.0};
        tr_step step;
        if (tr_fitted_step(&w->fitted, &w->model, &load, &step, NULL) == TR_OK)
            sum += step.step_s;
    }
    bench_keep(sum);
}

static void whole_case(void *context, size_t rounds)
{
    work *w = context;
    for (size_t i = 0; i < rounds; i++) {
        if (tr_calibration_find(&w->system.chip, "sglang", &w->calibration, NULL) == TR_OK &&
            tr_fitted_of(&w->calibration, &w->model, &w->system, NULL, NULL, &w->fitted, NULL) == TR_OK)
            pass(w, 1);
    }
}

static void serve(void *context, size_t rounds)
{
    work *w = context;
    double sum = 0.0;
    for (size_t i = 0; i < rounds; i++) {
        const tr_clients clients = {1.0 + (double)(i % 256), 1024.0, 1024.0, 0.0, 0.0, 0};
        tr_service service;
        if (tr_fitted_serve(&w->fitted, &w->model, &clients, &service, NULL) == TR_OK)
            sum += service.tpot_s;
    }
    bench_keep(sum);
}

int main(void)
{
    static work w;
    if (tr_model_catalog_get("deepseek-v3", &w.model, NULL) != TR_OK ||
        tr_system_catalog_get("8xb200-sxm", &w.system, NULL) != TR_OK)
        return 1;
    whole_case(&w, 1);
    bench_print("fitted, a pass of deepseek-v3", bench_round_s(pass, &w), "s", 2e-6, "the aim of 2 us",
                BENCH_LESS_IS_BETTER);
    bench_print("fitted, calibration and model made ready too", bench_round_s(whole_case, &w), "s", 2e-6,
                "the aim of 2 us", BENCH_LESS_IS_BETTER);
    bench_print("fitted, clients served", 1.0 / bench_round_s(serve, &w), "prediction/s", 8000.0,
                "the fastest per-operator peer's published rate", BENCH_MORE_IS_BETTER);
    return 0;
}
