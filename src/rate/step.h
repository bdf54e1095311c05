/* rate/step.h -- what bound.c and step.c share: the rates of a pass once its time is known. */
#ifndef TOKENROOF_SRC_RATE_STEP_H
#define TOKENROOF_SRC_RATE_STEP_H

#include <tokenroof/rate.h>

#include "rate/op_rate.h"

/* Fill in throughput, cost, MFU, MBU and intensity of a step whose work is set and that takes step_s. */
void tr_step_rates(tr_step *step, const tr_roofline *roof, const tr_pass *pass, double step_s);

/* What is gathered of a pass, operator by operator or term by term. */
typedef struct tr_sum {
    tr_terms work;               /* compute_s, weights_s, kv_s */
    double start_s, wire_s;      /* of collectives */
    double host_s, crossing_s;
} tr_sum;

/* Count `count` operators that wait compute_s and memory_s side by side, time_s in all: the time goes to the resource
 * that is waited for; what the other does not hide behind that, to the other. */
static inline void tr_sum_work(tr_sum *sum, double count, int is_cache, double compute_s, double memory_s,
                               double time_s)
{
    double *memory = is_cache ? &sum->work.kv_s : &sum->work.weights_s;
    if (memory_s >= compute_s) {
        *memory += count * memory_s;
        sum->work.compute_s += count * (time_s - memory_s);
    } else {
        sum->work.compute_s += count * compute_s;
        *memory += count * (time_s - compute_s);
    }
}

/* Count `count` such operators: there, or with the weights copied to the chip, as the engine does where may_copy says
 * so; at datasheet peak whichever is less, the copy beside the multiplies.  [R41] [R43] */
static inline void tr_sum_host(tr_sum *sum, double count, const tr_host_work *one, int may_copy,
                               const tr_calibration *calibration)
{
    const double chip_s = tr_op_beside_s(one->compute_s, one->memory_s, calibration);
    if (may_copy && calibration != NULL) {
        sum->crossing_s += count * one->copy_s;
        tr_sum_work(sum, count, 0, one->compute_s, one->memory_s, chip_s);
    } else if (may_copy && one->copy_s < one->host_s && chip_s < one->host_s) {
        sum->crossing_s += count * one->copy_s;
        sum->work.compute_s += chip_s > one->copy_s ? count * (chip_s - one->copy_s) : 0.0;
    } else {
        sum->host_s += count * one->host_s;
    }
}

/* The terms of a whole pass: micro-batches, links beside work where the layout overlaps them, times beside the list. */
void tr_sum_finish(const tr_sum *sum, const tr_layout *layout, double repeat, double fixed_s, tr_terms *out);

#endif
