/* fit/solve.c -- least squares for shared constants with small offsets for engines and chips.
 *
 * [F8] Each row sees the sum of three logarithms a constant, so its derivatives are
 * those by the constants themselves, and the Jacobian costs one prediction a
 * constant, not one a parameter. Residuals are soft-L1; priors are rows too.
 */
#include "fit/solve.h"

#include <cminpack.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define STEP_LOG 1e-5
#define OTHER_MAKER_WIDENS 4.0
#define MOST_SHARE 0.98 /* of a datasheet figure */

void fit_constants(const fit_result *result, int chip, int engine, double *value)
{
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        value[k] = result->shared[k] + (engine >= 0 ? result->engine[engine][k] : 0.0) +
                   (chip >= 0 ? result->chip[chip][k] : 0.0) +
                   (engine >= 0 && chip >= 0 ? result->pair[engine][chip][k] : 0.0);
}

double fit_value(int constant, double logarithm)
{
    const double value = exp(logarithm);
    return constant <= TR_CONSTANT_EXPERT_FP4 && value > MOST_SHARE ? MOST_SHARE : value;
}

/* Only what is predicted is read: the intervals are any. */
static void calibrate(const double *value, tr_calibration *c)
{
    memset(c, 0, sizeof *c);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        c->value[k] = fit_value(k, value[k]);
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            c->band[q][d] = (tr_band){0.5, 2.0};
}

int fit_serve(const fit_row *row, const double *value, tr_service *out)
{
    tr_calibration c;
    calibrate(value, &c);
    return fit_run_serve(row->run, &c, TR_DISTANCE_NEAR, out, NULL) == TR_OK;
}

static double one_stream(const fit_row *row, const double *value)
{
    tr_calibration c;
    tr_quantity pass;
    calibrate(value, &c);
    const int prompt = !(row->tpot_s > 0.0);
    return fit_run_pass(row->run, &c, TR_DISTANCE_NEAR, prompt, &pass, NULL) == TR_OK ? pass.predicted : 0.0;
}

double fit_predict(const fit_row *row, const double *value, fit_target target)
{
    tr_service service;
    if (target == FIT_STREAM)
        return one_stream(row, value);
    if (!fit_serve(row, value, &service))
        return 0.0;
    return target == FIT_TPOT ? service.tpot_s.predicted : service.ttft_s.predicted;
}

typedef struct work {
    const fit_problem *p;
    fit_result *at;              /* the point the parameters stand for */
    int k[TR_CONSTANT_COUNT];    /* active constants */
    int kinds, engines, chips, params;
    int paired[TR_CONSTANT_COUNT]; /* positions in k of those that pairs have offsets for */
    int pair_kinds;
    size_t rows;
    const fit_row **row;
    double *weight;
} work;

static double measured(const fit_row *row, fit_target target)
{
    return target == FIT_TPOT || (target == FIT_STREAM && row->tpot_s > 0.0) ? row->tpot_s : row->ttft_s;
}

static void unpack(const work *w, const double *x, fit_result *r)
{
    const double *at = x;
    for (int i = 0; i < w->kinds; i++)
        r->shared[w->k[i]] = *at++;
    for (int e = 0; e < w->engines; e++)
        for (int i = 0; i < w->kinds; i++)
            r->engine[e][w->k[i]] = *at++;
    for (int c = 0; c < w->chips; c++)
        for (int i = 0; i < w->kinds; i++)
            r->chip[c][w->k[i]] = *at++;
    for (int e = 0; e < w->engines; e++)
        for (int c = 0; c < w->chips; c++)
            for (int i = 0; i < w->pair_kinds; i++)
                r->pair[e][c][w->k[w->paired[i]]] = *at++;
}

/* Where the offsets of a pair begin. */
static int pair_start(const work *w, int engine, int chip)
{
    return w->kinds * (1 + w->engines + w->chips) + (engine * w->chips + chip) * w->pair_kinds;
}

static void pack(const work *w, const fit_result *r, double *x)
{
    double *at = x;
    for (int i = 0; i < w->kinds; i++)
        *at++ = r->shared[w->k[i]];
    for (int e = 0; e < w->engines; e++)
        for (int i = 0; i < w->kinds; i++)
            *at++ = r->engine[e][w->k[i]];
    for (int c = 0; c < w->chips; c++)
        for (int i = 0; i < w->kinds; i++)
            *at++ = r->chip[c][w->k[i]];
    for (int e = 0; e < w->engines; e++)
        for (int c = 0; c < w->chips; c++)
            for (int i = 0; i < w->pair_kinds; i++)
                *at++ = r->pair[e][c][w->k[w->paired[i]]];
}

/* Residuals below the noise count by their square, those above by their size. */
static double soften(double z, double *slope)
{
    const double s = sqrt(1.0 + z * z);
    const double f = sqrt(2.0 * (z * z / (1.0 + s)));
    *slope = f > 1e-12 ? fabs(z) / s / f : 1.0;
    return z < 0.0 ? -f : f;
}

static void row_values(const work *w, size_t i, double *f, double *slopes)
{
    const fit_problem *p = w->p;
    const fit_row *row = w->row[i];
    double value[TR_CONSTANT_COUNT], slope = 1.0;
    fit_constants(w->at, row->chip, row->engine, value);
    const double t = fit_predict(row, value, p->target);
    const double log_t = log(t > 0.0 ? t : 1e-30);
    *f = w->weight[i] * soften((log_t - log(measured(row, p->target))) / p->noise, &slope);
    for (int j = 0; slopes != NULL && j < w->kinds; j++) {
        const double keep = value[w->k[j]];
        value[w->k[j]] = keep + STEP_LOG;
        const double moved = fit_predict(row, value, p->target);
        value[w->k[j]] = keep;
        slopes[j] = w->weight[i] * slope * (log(moved > 0.0 ? moved : 1e-30) - log_t) / (STEP_LOG * p->noise);
    }
}

/* What is shared is shared by one maker's chips and the software written for them: another maker's may lie further
 * from it, and must not pull it. */
static double widen(const fit_problem *p, int chip)
{
    const int level = p->target == FIT_STREAM; /* the maker is one of its own */
    return level || strcmp(p->data->chip[chip]->vendor, "NVIDIA") == 0 ? 1.0 : OTHER_MAKER_WIDENS;
}

static void prior_rows(const work *w, const double *x, double *f, double *jac, int ld)
{
    const fit_problem *p = w->p;
    const int pairs = pair_start(w, 0, 0);
    for (int j = 0; j < w->params; j++) {
        const int in_pair = j >= pairs, block = in_pair ? 1 : j / w->kinds;
        const int k = in_pair ? w->k[w->paired[(j - pairs) % w->pair_kinds]] : w->k[j % w->kinds];
        const double width = in_pair               ? p->pair_width[k]
                             : block == 0          ? p->prior_width[k]
                             : block <= w->engines ? p->engine_width[k]
                                                   : p->chip_width[k] * widen(p, block - 1 - w->engines);
        const size_t at = w->rows + (size_t)j;
        if (jac == NULL)
            f[at] = (x[j] - (block == 0 ? p->prior[k] : 0.0)) / width;
        else
            jac[(size_t)j * (size_t)ld + at] = 1.0 / width;
    }
}

static int evaluate(void *context, int m, int n, const double *x, double *f, double *jac, int ld, int flag)
{
    work *w = context;
    double slopes[TR_CONSTANT_COUNT], unused;
    unpack(w, x, w->at);
    if (flag == 2)
        for (int j = 0; j < n; j++)
            memset(jac + (size_t)j * (size_t)ld, 0, (size_t)m * sizeof *jac);
    for (size_t i = 0; i < w->rows; i++) {
        row_values(w, i, flag == 2 ? &unused : &f[i], flag == 2 ? slopes : NULL);
        for (int j = 0; flag == 2 && j < w->kinds; j++) {
            const int block[3] = {0, 1 + w->row[i]->engine, 1 + w->engines + w->row[i]->chip};
            for (int b = 0; b < 3; b++)
                jac[(size_t)(block[b] * w->kinds + j) * (size_t)ld + i] = slopes[j];
        }
        for (int j = 0; flag == 2 && j < w->pair_kinds; j++)
            {
            const int at = pair_start(w, w->row[i]->engine, w->row[i]->chip) + j;
            jac[(size_t)at * (size_t)ld + i] = slopes[w->paired[j]];
        }
    }
    prior_rows(w, x, f, flag == 2 ? jac : NULL, ld);
    return 0;
}

/* Rows of one sweep (model, chip, engine, format) repeat each other: together they have group_rows votes. */
static void weigh(work *w)
{
    const fit_data *data = w->p->data;
    for (size_t i = 0; i < w->rows; i++) {
        const fit_row *a = w->row[i];
        double same = 0.0;
        for (size_t j = 0; j < w->rows; j++) {
            const fit_row *b = w->row[j];
            same += a->chip == b->chip && a->engine == b->engine && a->run->formats.weight == b->run->formats.weight &&
                    (a->model == b->model || fit_same_shape(data->model[a->model], data->model[b->model]));
        }
        w->weight[i] = same > w->p->group_rows ? sqrt(w->p->group_rows / same) : 1.0;
    }
}

/* Standard deviation of each sum of logarithms, from the inverse of J'J that covar left in r. */
static void deviate(const work *w, const double *inverse, int ld, fit_result *out)
{
    for (int e = 0; e <= w->engines; e++)
        for (int c = 0; c <= w->chips; c++)
            for (int i = 0; i < w->kinds; i++) {
                int at[3] = {0, 0, 0}, n = 0;
                at[n++] = i;
                if (e < w->engines)
                    at[n++] = (1 + e) * w->kinds + i;
                if (c < w->chips)
                    at[n++] = (1 + w->engines + c) * w->kinds + i;
                double sum = 0.0;
                for (int a = 0; a < n; a++)
                    for (int b = 0; b < n; b++)
                        sum += inverse[(size_t)at[b] * (size_t)ld + (size_t)at[a]];
                out->deviation[e == w->engines ? FIT_ENGINE_MAX : e][c == w->chips ? FIT_CHIP_MAX : c][w->k[i]] =
                    sum > 0.0 ? sqrt(sum) : 0.0;
            }
}

static tr_status run(work *w, double *x, int with_deviation, fit_result *result, tr_error *err)
{
    const int n = w->params, m = (int)w->rows + n;
    const size_t un = (size_t)n, um = (size_t)m;
    double *f = calloc(um, sizeof *f), *jac = calloc(um * un, sizeof *jac), *diag = calloc(un, sizeof *diag);
    double *q = calloc(un * 4 + um, sizeof *q);
    int *pivot = calloc(un, sizeof *pivot);
    tr_status s = TR_OK;
    if (f == NULL || jac == NULL || diag == NULL || q == NULL || pivot == NULL) {
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    } else {
        int calls = 0, slopes = 0;
        const int info = lmder(evaluate, w, m, n, x, f, jac, m, 1e-6, 1e-5, 0.0, 40, diag, 1, 1.0, 0, &calls, &slopes,
                               pivot, q, q + un, q + 2 * un, q + 3 * un, q + 4 * un);
        if (info <= 0)
            s = tr_fail(err, TR_EDOMAIN, "fit", (double)info, "the least squares could not start");
        unpack(w, x, result);
        if (s == TR_OK && with_deviation) {
            covar(n, jac, m, pivot, 1e-12, q);
            deviate(w, jac, m, result);
        }
    }
    free(f);
    free(jac);
    free(diag);
    free(q);
    free(pivot);
    return s;
}

tr_status fit_solve(const fit_problem *problem, fit_result *result, int with_deviation, tr_error *err)
{
    const fit_data *data = problem->data;
    work w = {.p = problem, .at = result, .engines = data->engines, .chips = data->chips};
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        if (problem->active[k] && problem->pair_width[k] > 0.0)
            w.paired[w.pair_kinds++] = w.kinds;
        if (problem->active[k])
            w.k[w.kinds++] = k;
    }
    w.params = pair_start(&w, w.engines, 0);
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers to rows is meant
    w.row = malloc((data->count + 1) * sizeof *w.row);
    w.weight = malloc((data->count + 1) * sizeof *w.weight);
    double *x = calloc((size_t)w.params + 1, sizeof *x);
    tr_status s = TR_OK;
    if (w.row == NULL || w.weight == NULL || x == NULL) {
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    } else {
        for (size_t i = 0; i < data->count; i++)
            if (problem->used[i] && measured(&data->row[i], problem->target) > 0.0)
                w.row[w.rows++] = &data->row[i];
        weigh(&w);
        pack(&w, result, x);
        s = run(&w, x, with_deviation, result, err);
    }
    free(w.row);
    free(w.weight);
    free(x);
    return s;
}
