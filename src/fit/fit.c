/* fit/fit.c -- the fit of serving runs: what is known before, and the calibration of a chip and engine. */
#include "fit/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "fit/solve.h"

/* What is known before any serving run is seen: kernels measured alone (kernel_gemm, kernel_moe, kernel_mla,
 * kernel_comm), and orders of magnitude. The width is of the logarithm. */
static const struct {
    tr_constant constant;
    double value, width;
    double engine_width, chip_width;
    fit_target target;
    double pair_width;
} priors[] = {
    {TR_CONSTANT_LINEAR_BYTE, 0.86, 0.10, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINEAR_FLOP, 0.70, 0.12, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_BYTE, 0.88, 0.10, 0.10, 0.10, FIT_TPOT, 0.10},
    {TR_CONSTANT_EXPERT_FLOP, 0.55, 0.20, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_KV_BYTE, 0.85, 0.15, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_ATTENTION_FLOP, 0.70, 0.30, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_PROMPT_FLOP, 0.50, 0.20, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINK_BYTE, 0.85, 0.10, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP8_FLOP, 0.93, 0.15, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP4_FLOP, 0.72, 0.20, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_FP8, 0.62, 0.20, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_FP4, 0.37, 0.25, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINEAR_TILE, 40.0, 0.40, 0.20, 0.20, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_TILE, 16.0, 0.50, 0.20, 0.20, FIT_TPOT, 0.0},
    {TR_CONSTANT_MOVE, 1.0, 0.70, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINK_S, 4e-6, 0.25, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINK_MID_S, 15e-6, 0.40, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LAYER_S, 30e-6, 0.30, 0.20, 0.10, FIT_TPOT, 0.10},
    {TR_CONSTANT_MLA_S, 30e-6, 0.25, 0.20, 0.10, FIT_TPOT, 0.20},
    {TR_CONSTANT_STATE_S, 20e-6, 0.50, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP8_S, 5e-6, 0.40, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP4_S, 6e-6, 0.40, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_MOE_S, 30e-6, 0.30, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_MOE_FP8_S, 30e-6, 0.40, 0.20, 0.10, FIT_TPOT, 0.40},
    {TR_CONSTANT_MOE_FP4_S, 25e-6, 0.40, 0.20, 0.10, FIT_TPOT, 0.40},
    {TR_CONSTANT_GROUP_S, 8e-6, 0.60, 0.30, 0.10, FIT_TPOT, 0.60},
    {TR_CONSTANT_GROUP_FP8_S, 8e-6, 0.60, 0.30, 0.10, FIT_TPOT, 0.60},
    {TR_CONSTANT_STEP_S, 500e-6, 0.70, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_SEQ_S, FIT_SEQ_S, 0.70, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FIRST_S, 0.010, 0.80, 0.50, 0.20, FIT_TTFT, 0.0},
    {TR_CONSTANT_FRONT_S, 3e-6, 0.50, 0.60, 0.10, FIT_TTFT, 0.0},
    {TR_CONSTANT_BALANCE, 5.0, 1.00, 0.80, 0.10, FIT_TTFT, 0.0},
    {TR_CONSTANT_HOST, 10.0, 0.50, 0.50, 0.10, FIT_TTFT, 0.0},
};

/* Votes of one sweep: its steps agree on what they tell, while its first tokens share one benchmark's habits. Chosen by
 * the error of families and chips left out. */
static const double tpot_group_rows = HUGE_VAL, ttft_group_rows = 8.0;
/* Of the widths of offsets above: orders of magnitude, and this by the same errors. */
static const double offset_ratio = 1.6;
static const double tpot_noise = 0.1, ttft_noise = 0.4;

static void set_up(const fit_data *data, const unsigned char *used, fit_target target, fit_problem *p)
{
    memset(p, 0, sizeof *p);
    p->data = data;
    p->used = used;
    p->target = target;
    p->noise = target == FIT_TPOT ? tpot_noise : ttft_noise;
    p->group_rows = target == FIT_TPOT ? tpot_group_rows : ttft_group_rows;
    for (size_t i = 0; i < sizeof priors / sizeof priors[0]; i++) {
        const int k = (int)priors[i].constant;
        p->active[k] = priors[i].target == target;
        p->prior[k] = (fit_prior){log(priors[i].value), priors[i].width, offset_ratio * priors[i].engine_width,
                                  offset_ratio * priors[i].chip_width, offset_ratio * priors[i].pair_width};
    }
}

/* Time per token first; then, with that kept, what only the first token sees. */
static tr_status fit_both(const fit_data *data, const unsigned char *used, int with_deviation, const fit_result *from,
                          fit_result *out, tr_error *err)
{
    fit_problem p;
    set_up(data, used, FIT_TPOT, &p);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        out->shared[k] = p.prior[k].at;
    memset(out->engine, 0, sizeof out->engine);
    memset(out->chip, 0, sizeof out->chip);
    memset(out->pair, 0, sizeof out->pair);
    if (from != NULL) { /* where the search begins; where it ends is for the rows that are left to say */
        memcpy(out->shared, from->shared, sizeof out->shared);
        memcpy(out->engine, from->engine, sizeof out->engine);
        memcpy(out->chip, from->chip, sizeof out->chip);
        memcpy(out->pair, from->pair, sizeof out->pair);
    }
    tr_status s = fit_solve(&p, out, with_deviation, err);
    set_up(data, used, FIT_TTFT, &p);
    return s == TR_OK ? fit_solve(&p, out, with_deviation, err) : s;
}

static tr_status fit_again_on(const fit_data *data, const unsigned char *used, const fit_result *from, fit_result *out,
                              tr_error *err)
{
    return fit_both(data, used, 0, from, out, err);
}

tr_status fit_serving(fit_data *data, fit_result *out, tr_error *err)
{
    if (data->count == 0)
        return tr_fail(err, TR_EMISSING, "rows", 0.0, "no row of the files can be used for a fit");
    unsigned char *all = malloc(data->count);
    if (all == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    memset(out, 0, sizeof *out);
    out->chips = data->chips;
    out->engines = data->engines;
    memset(all, 1, data->count);
    fit_problem p;
    for (int target = FIT_TPOT; target <= FIT_TTFT; target++) {
        set_up(data, all, (fit_target)target, &p);
        fit_touch(&p, data);
    }
    memcpy(out->prior, p.prior, sizeof out->prior);
    tr_status s = fit_both(data, all, 1, NULL, out, err);
    if (s == TR_OK)
        s = fit_judge(data, fit_again_on, out, err);
    free(all);
    return s;
}
