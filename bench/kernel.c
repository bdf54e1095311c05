/* kernel.c -- decode steps in arrays and one by one, and numbers read from text. */
#include "kernel.h"

#include <stddef.h>

#include <tokenroof/rate.h>

#define N 512 /* seven arrays of it stay in the first cache */

static struct {
    tr_model model;
    tr_system system;
    tr_roofline roof;
    double batch_seq[N];
    double kv_byte[N];
    double attention_flop[N];
    double compute_s[N];
    double weights_s[N];
    double kv_s[N];
    double step_s[N];
} k;

int kernel_begin(int kind)
{
    /* A mixture of 671e9 parameters, 37e9 active, on 72 chips. */
    const tr_model_numbers numbers = {671e9, 37e9, 70272.0, 1.0};
    const tr_chip_numbers chip = {72.0 * 2.5e15, 72.0 * 8e12, 72.0 * 186e9, 72.0 * 4.0};
    if (tr_model_from_numbers(&numbers, &k.model, NULL) != TR_OK ||
        tr_system_from_numbers(&chip, &k.system, NULL) != TR_OK ||
        tr_roofline_of(&k.model, &k.system, NULL, NULL, &k.roof, NULL) != TR_OK)
        return 0;
    if (kind == KERNEL_EXPERTS) {
        k.roof.routed_weight_byte = 654e9;
        k.roof.fixed_weight_byte = 17e9;
        k.roof.expert_idle_share = 1.0 - 8.0 / 256.0;
    }
    for (int i = 0; i < N; i++) {
        k.batch_seq[i] = 1.0 + 7.0 * (double)i;
        k.kv_byte[i] = 70272.0 * 64.0 * (double)i;
        k.attention_flop[i] = 1e6 * (double)i;
    }
    return 1;
}

double kernel_items_per_round(int kind) { return kind == KERNEL_ONE_CASE ? 64.0 : kind == KERNEL_PARSE ? 8.0 : N; }

static double one_by_one(uint32_t rounds)
{
    double sum = 0.0;
    for (uint32_t r = 0; r < rounds; r++) {
        for (int i = 0; i < 64; i++) {
            const tr_load load = {TR_PHASE_DECODE, 1.0 + i, 1000.0 + (double)(r % 1000u), 1.0};
            tr_step step;
            if (tr_bound_step(&k.roof, &load, &step, NULL) == TR_OK)
                sum += step.step_s;
        }
    }
    return sum;
}

static double parse(uint32_t rounds)
{
    static const struct {
        const char *text;
        tr_unit unit;
    } row[8] = {{"3.35TB/s", TR_UNIT_BYTE_PER_S}, {"$2.50/h", TR_UNIT_USD_PER_HOUR}, {"128k", TR_UNIT_CONTEXT},
                {"20ms", TR_UNIT_SECOND},         {"671e9", TR_UNIT_PARAM},          {"1979 TFLOP/s", TR_UNIT_FLOP_PER_S},
                {"0.2133", TR_UNIT_RATIO},        {"64", TR_UNIT_SEQ}};
    double sum = 0.0;
    for (uint32_t r = 0; r < rounds; r++) {
        for (int i = 0; i < 8; i++) {
            double value = 0.0;
            if (tr_quantity_parse(row[i].text, row[i].unit, &value, NULL) == TR_OK)
                sum += value;
        }
    }
    return sum;
}

double kernel_run(int kind, uint32_t rounds)
{
    if (kind == KERNEL_ONE_CASE)
        return one_by_one(rounds);
    if (kind == KERNEL_PARSE)
        return parse(rounds);
    double sum = 0.0;
    for (uint32_t r = 0; r < rounds; r++) {
        tr_bound_step_array(&k.roof, N, k.batch_seq, k.kv_byte, k.attention_flop, k.compute_s, k.weights_s, k.kv_s,
                            k.step_s);
        sum += k.step_s[r % N];
    }
    return sum;
}
