/* fit/fit.c -- the fit of serving runs, and its judgement: whole models and whole chips left out. */
#include "fit/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/sort.h"
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
    {TR_CONSTANT_EXPERT_BYTE, 0.85, 0.10, 0.10, 0.10, FIT_TPOT, 0.10},
    {TR_CONSTANT_EXPERT_FLOP, 0.55, 0.20, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_KV_BYTE, 0.85, 0.15, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_ATTENTION_FLOP, 0.70, 0.30, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_PROMPT_FLOP, 0.50, 0.20, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_LINK_BYTE, 0.85, 0.10, 0.10, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP8_FLOP, 0.93, 0.15, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_FP4_FLOP, 0.72, 0.20, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_FP8, 0.62, 0.20, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_FP4, 0.37, 0.25, 0.05, 0.05, FIT_TPOT, 0.0},
    {TR_CONSTANT_EXPERT_SPREAD, 0.90, 0.10, 0.02, 0.02, FIT_TPOT, 0.0},
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
    {TR_CONSTANT_SEQ_S, 4e-6, 0.70, 0.20, 0.10, FIT_TPOT, 0.0},
    {TR_CONSTANT_FIRST_S, 0.010, 0.80, 0.50, 0.20, FIT_TTFT, 0.0},
    {TR_CONSTANT_FRONT_S, 3e-6, 0.50, 0.60, 0.10, FIT_TTFT, 0.0},
    {TR_CONSTANT_HOST, 10.0, 0.50, 0.50, 0.10, FIT_TTFT, 0.0},
};

static const double group_rows = 8.0;
static const double tpot_noise = 0.1, ttft_noise = 0.4;

static void set_up(const fit_data *data, const unsigned char *used, fit_target target, fit_problem *p)
{
    memset(p, 0, sizeof *p);
    p->data = data;
    p->used = used;
    p->target = target;
    p->noise = target == FIT_TPOT ? tpot_noise : ttft_noise;
    p->group_rows = group_rows;
    for (size_t i = 0; i < sizeof priors / sizeof priors[0]; i++) {
        const int k = (int)priors[i].constant;
        p->active[k] = priors[i].target == target;
        p->prior[k] = log(priors[i].value);
        p->prior_width[k] = priors[i].width;
        p->engine_width[k] = priors[i].engine_width;
        p->chip_width[k] = priors[i].chip_width;
        p->pair_width[k] = priors[i].pair_width;
    }
}

/* Time per token first; then, with that kept, what only the first token sees. */
static tr_status fit_both(const fit_data *data, const unsigned char *used, int with_deviation, fit_result *out,
                          tr_error *err)
{
    fit_problem p;
    set_up(data, used, FIT_TPOT, &p);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        out->shared[k] = p.prior[k];
    memset(out->engine, 0, sizeof out->engine);
    memset(out->chip, 0, sizeof out->chip);
    memset(out->pair, 0, sizeof out->pair);
    tr_status s = fit_solve(&p, out, with_deviation, err);
    set_up(data, used, FIT_TTFT, &p);
    return s == TR_OK ? fit_solve(&p, out, with_deviation, err) : s;
}

/* ---- errors --------------------------------------------------------------------- */

fit_error fit_judge(const fit_sample *s)
{
    fit_error e;
    memset(&e, 0, sizeof e);
    e.rows = s->count;
    if (s->count == 0)
        return e;
    double *ape = s->other, *scratch = s->other + s->count;
    for (size_t i = 0; i < s->count; i++) {
        ape[i] = fabs(1.0 / s->ratio[i] - 1.0);
        e.within_20_share += ape[i] <= 0.2 ? 1.0 : 0.0;
        e.bias_ratio += 1.0 / s->ratio[i] - 1.0;
    }
    const double n = (double)s->count;
    e.within_20_share /= n;
    e.bias_ratio /= n;
    e.mape_ratio = tr_mean(ape, s->count);
    tr_sort_double(ape, s->count, scratch);
    e.median_ratio = tr_quantile_sorted(ape, s->count, 0.5);
    e.p90_ratio = tr_quantile_sorted(ape, s->count, 0.9);
    return e;
}

tr_band fit_band_of(const fit_sample *s, double widen)
{
    tr_band b = {0.5, 2.0};
    if (s->count < 20)
        return b;
    double *sorted = s->other, *scratch = s->other + s->count;
    memcpy(sorted, s->ratio, s->count * sizeof *sorted);
    tr_sort_double(sorted, s->count, scratch);
    const double low = tr_quantile_sorted(sorted, s->count, 0.05), high = tr_quantile_sorted(sorted, s->count, 0.95);
    b.low_ratio = (low < 0.98 ? low : 0.98) / widen;
    b.high_ratio = (high > 1.02 ? high : 1.02) * widen;
    return b;
}

void fit_widen_outward(tr_band *band)
{
    for (int d = 1; d < TR_DISTANCE_COUNT; d++) {
        if (band[d].low_ratio > band[d - 1].low_ratio)
            band[d].low_ratio = band[d - 1].low_ratio;
        if (band[d].high_ratio < band[d - 1].high_ratio)
            band[d].high_ratio = band[d - 1].high_ratio;
    }
}

/* ---- leaving out ----------------------------------------------------------------- */

typedef enum told { TOLD_ALL = 0, TOLD_ENGINE, TOLD_NOTHING } told;

static void collect(const fit_data *data, const fit_result *r, const unsigned char *take, told what, fit_target target,
                    fit_sample *s)
{
    for (size_t i = 0; i < data->count; i++) {
        const fit_row *row = &data->row[i];
        const double y = target == FIT_TPOT ? row->tpot_s : row->ttft_s;
        double value[TR_CONSTANT_COUNT];
        if (!take[i] || !(y > 0.0))
            continue;
        fit_constants(r, what == TOLD_ALL ? row->chip : -1, what == TOLD_NOTHING ? -1 : row->engine, value);
        const double t = fit_predict(data, row, value, target);
        if (t > 0.0)
            s->ratio[s->count++] = y / t;
    }
}

typedef struct folds {
    fit_sample tpot, ttft, tpot_generic, ttft_generic, one;
    unsigned char *used, *left;
} folds;

static void free_folds(folds *f)
{
    free(f->tpot.ratio);
    free(f->used);
}

static int make_folds(folds *f, size_t n)
{
    memset(f, 0, sizeof *f);
    const size_t room = n + 1;
    double *all = calloc(room * 7, sizeof *all);
    f->used = calloc(room * 2, 1);
    f->tpot.ratio = all;
    if (all == NULL || f->used == NULL)
        return 0;
    f->left = f->used + room;
    fit_sample *each[5] = {&f->tpot, &f->ttft, &f->tpot_generic, &f->ttft_generic, &f->one};
    for (int i = 0; i < 5; i++) {
        each[i]->ratio = all + room * (size_t)i;
        each[i]->other = all + room * 5;
    }
    return 1;
}

static void clear(folds *f) { f->tpot.count = f->ttft.count = f->tpot_generic.count = f->ttft_generic.count = 0; }

static int first_of_shape(const fit_data *data, int model)
{
    int i = 0;
    while (!fit_same_shape(data->model[i], data->model[model]))
        i++;
    return i;
}

static tr_status leave_out(const fit_data *data, folds *f, int by_chip, fit_result *out, tr_error *err)
{
    fit_result *part = malloc(sizeof *part);
    if (part == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    tr_status s = TR_OK;
    const int groups = by_chip ? data->chips : data->models;
    clear(f);
    for (int g = 0; s == TR_OK && g < groups; g++) {
        size_t left = 0, used = 0;
        for (size_t i = 0; i < data->count; i++) {
            const fit_row *row = &data->row[i];
            const int leave = by_chip ? row->chip == g : fit_same_shape(data->model[row->model], data->model[g]);
            f->left[i] = leave ? 1 : 0;
            f->used[i] = leave ? 0 : 1;
            left += f->left[i];
            used += f->used[i];
        }
        if (left == 0 || used == 0 || (!by_chip && first_of_shape(data, g) != g))
            continue;
        s = fit_both(data, f->used, 0, part, err);
        if (s != TR_OK)
            break;
        const size_t before = f->tpot.count;
        const told what = by_chip ? TOLD_ENGINE : TOLD_ALL;
        collect(data, part, f->left, what, FIT_TPOT, &f->tpot);
        collect(data, part, f->left, what, FIT_TTFT, &f->ttft);
        collect(data, part, f->left, TOLD_NOTHING, FIT_TPOT, &f->tpot_generic);
        collect(data, part, f->left, TOLD_NOTHING, FIT_TTFT, &f->ttft_generic);
        f->one.count = f->tpot.count - before;
        memcpy(f->one.ratio, f->tpot.ratio + before, f->one.count * sizeof *f->one.ratio);
        *(by_chip ? &out->by_chip[g] : &out->by_model[g]) = fit_judge(&f->one);
    }
    free(part);
    return s;
}

tr_status fit_serving(fit_data *data, fit_result *out, tr_error *err)
{
    folds f;
    if (data->count == 0)
        return tr_fail(err, TR_EMISSING, "rows", 0.0, "no row of the files can be used for a fit");
    if (!make_folds(&f, data->count)) {
        free_folds(&f);
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    }
    memset(out, 0, sizeof *out);
    out->chips = data->chips;
    out->engines = data->engines;
    memset(f.used, 1, data->count);
    tr_status s = fit_both(data, f.used, 1, out, err);
    if (s == TR_OK) {
        collect(data, out, f.used, TOLD_ALL, FIT_TPOT, &f.tpot);
        collect(data, out, f.used, TOLD_ALL, FIT_TTFT, &f.ttft);
        out->tpot = fit_judge(&f.tpot);
        out->ttft = fit_judge(&f.ttft);
        /* Its own rows flatter a fit a little. */
        out->step[TR_DISTANCE_NEAR] = fit_band_of(&f.tpot, 1.03);
        out->first[TR_DISTANCE_NEAR] = fit_band_of(&f.ttft, 1.03);
        s = leave_out(data, &f, 0, out, err);
    }
    if (s == TR_OK) {
        out->tpot_model = fit_judge(&f.tpot);
        out->ttft_model = fit_judge(&f.ttft);
        out->step[TR_DISTANCE_MODEL] = fit_band_of(&f.tpot, 1.0);
        out->first[TR_DISTANCE_MODEL] = fit_band_of(&f.ttft, 1.0);
        s = leave_out(data, &f, 1, out, err);
    }
    if (s == TR_OK) {
        out->tpot_chip = fit_judge(&f.tpot);
        out->ttft_chip = fit_judge(&f.ttft);
        out->tpot_generic = fit_judge(&f.tpot_generic);
        out->ttft_generic = fit_judge(&f.ttft_generic);
        out->step[TR_DISTANCE_CHIP] = fit_band_of(&f.tpot, 1.0);
        out->first[TR_DISTANCE_CHIP] = fit_band_of(&f.ttft, 1.0);
        /* Nothing of another vendor is in the data: what one chip says of another, once more. */
        out->step[TR_DISTANCE_GENERIC] = fit_band_of(&f.tpot_generic, 1.25);
        out->first[TR_DISTANCE_GENERIC] = fit_band_of(&f.ttft_generic, 1.25);
        fit_widen_outward(out->step);
        fit_widen_outward(out->first);
    }
    free_folds(&f);
    return s;
}

void fit_calibration(const fit_data *data, const fit_result *result, int chip, int engine, tr_calibration *out)
{
    memset(out, 0, sizeof *out);
    const char *c = chip >= 0 ? data->chip[chip]->name : "", *e = engine >= 0 ? data->engine[engine] : "";
    (void)snprintf(out->chip, sizeof out->chip, "%s", c);
    (void)snprintf(out->engine, sizeof out->engine, "%s", e);
    (void)snprintf(out->name, sizeof out->name, "%.60s%s%s", chip >= 0 ? c : "generic", engine >= 0 ? "-" : "", e);
    double value[TR_CONSTANT_COUNT];
    fit_constants(result, chip, engine, value);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        out->value[k] = fit_value(k, value[k]);
        out->error_ratio[k] =
            result->deviation[engine >= 0 ? engine : FIT_ENGINE_MAX][chip >= 0 ? chip : FIT_CHIP_MAX][k];
    }
    memcpy(out->step, result->step, sizeof out->step);
    memcpy(out->first, result->first, sizeof out->first);
    out->distance = chip >= 0 ? TR_DISTANCE_NEAR : TR_DISTANCE_GENERIC;
}
