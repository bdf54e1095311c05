/* fit/solve.c -- least squares for shared constants with small offsets for engines and chips.
 *
 * [F8] Each row sees the sum of three logarithms a constant, so its derivatives are
 * those by the constants themselves: one prediction a constant that it depends on,
 * not one a parameter. All rows of an engine on a chip see the same sums, so what
 * they say adds up in one small matrix before it is spread over the parameters.
 * Residuals are soft-L1; priors are rows too. Steps are Levenberg's and Marquardt's.
 */
#include "fit/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "fit/normal.h"

#define STEP_LOG 1e-5
#define PROBE_LOG 1.0  /* a constant that this far either way changes nothing is none of a row's */
#define LEAST_GAIN 1e-5 /* of the sum of squares: less is the end */
#define ROUND_MAX 60
#define OTHER_MAKER_WIDENS 4.0
#define NEARS_POWER 16.0 /* how closely a share follows its logarithm before it bends: a corner would let fits stick */

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
    return constant > TR_CONSTANT_EXPERT_FP4 ? value : value * pow(1.0 + pow(value, NEARS_POWER), -1.0 / NEARS_POWER);
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
    double *log_t, *log_tried;   /* of the rows' predictions: at the point, at the one that is tried */
    double *matrix, *slope;      /* J'J and J'f at the point */
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

static double log_predict(const fit_row *row, const double *value, fit_target target)
{
    const double t = fit_predict(row, value, target);
    return log(t > 0.0 ? t : 1e-30);
}

/* What is shared is shared by one maker's chips and the software written for them: another maker's may lie further
 * from it, and must not pull it. */
static double widen(const fit_data *data, int chip)
{
    return data->by_maker || strcmp(data->chip[chip]->vendor, "NVIDIA") == 0 ? 1.0 : OTHER_MAKER_WIDENS;
}

/* Of a parameter: what it is before any row, and how far from that it may lie. */
static double prior_of(const work *w, int j, double *width)
{
    const fit_problem *p = w->p;
    const int pairs = pair_start(w, 0, 0), in_pair = j >= pairs, block = in_pair ? 1 : j / w->kinds;
    const int k = in_pair ? w->k[w->paired[(j - pairs) % w->pair_kinds]] : w->k[j % w->kinds];
    const fit_prior *prior = &p->prior[k];
    *width = in_pair               ? prior->pair_width
             : block == 0          ? prior->width
             : block <= w->engines ? prior->engine_width
                                   : prior->chip_width * widen(p->data, block - 1 - w->engines);
    return block == 0 ? prior->at : 0.0;
}

static double residual(const work *w, size_t i, double log_t, double *slope)
{
    return w->weight[i] * soften((log_t - log(measured(w->row[i], w->p->target))) / w->p->noise, slope);
}

/* Sum of squares at x, whose predictions it keeps. */
static double cost(work *w, const double *x)
{
    double sum = 0.0, value[TR_CONSTANT_COUNT], width, slope;
    unpack(w, x, w->at);
    for (size_t i = 0; i < w->rows; i++) {
        fit_constants(w->at, w->row[i]->chip, w->row[i]->engine, value);
        w->log_tried[i] = log_predict(w->row[i], value, w->p->target);
        const double f = residual(w, i, w->log_tried[i], &slope);
        sum += f * f;
    }
    for (int j = 0; j < w->params; j++) {
        const double f = (x[j] - prior_of(w, j, &width)) / width;
        sum += f * f;
    }
    return sum;
}

/* What the rows of one engine on one chip say: squares[] of slopes by constants, and (last column) with residuals. */
static void add_row(const work *w, size_t i, double *squares)
{
    const fit_problem *p = w->p;
    const fit_row *row = w->row[i];
    const int wide = w->kinds + 1;
    double value[TR_CONSTANT_COUNT], slopes[TR_CONSTANT_COUNT + 1], slope = 1.0;
    int seen[TR_CONSTANT_COUNT + 1], n = 0;
    fit_constants(w->at, row->chip, row->engine, value);
    slopes[w->kinds] = residual(w, i, w->log_t[i], &slope);
    for (int j = 0; j < w->kinds; j++) {
        const int k = w->k[j];
        if ((row->tells >> k & 1U) == 0)
            continue;
        const double keep = value[k];
        value[k] = keep + STEP_LOG;
        slopes[j] = w->weight[i] * slope * (log_predict(row, value, p->target) - w->log_t[i]) / (STEP_LOG * p->noise);
        value[k] = keep;
        seen[n++] = j;
    }
    seen[n++] = w->kinds;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            squares[seen[a] * wide + seen[b]] += slopes[seen[a]] * slopes[seen[b]];
}

/* The parameters whose sum is the j-th constant of an engine on a chip. */
static int places(const work *w, int engine, int chip, int j, int *at)
{
    int n = 0;
    at[n++] = j;
    at[n++] = (1 + engine) * w->kinds + j;
    at[n++] = (1 + w->engines + chip) * w->kinds + j;
    for (int i = 0; i < w->pair_kinds; i++)
        if (w->paired[i] == j)
            at[n++] = pair_start(w, engine, chip) + i;
    return n;
}

static void spread(work *w, int engine, int chip, const double *squares)
{
    const int wide = w->kinds + 1;
    const size_t n = (size_t)w->params;
    int to[4], from[4];
    for (int j = 0; j < w->kinds; j++) {
        const int a = places(w, engine, chip, j, to);
        for (int i = 0; i < a; i++)
            w->slope[to[i]] += squares[j * wide + w->kinds];
        for (int l = 0; l < w->kinds; l++) {
            const int b = places(w, engine, chip, l, from);
            for (int i = 0; i < a; i++)
                for (int o = 0; o < b; o++)
                    w->matrix[(size_t)to[i] * n + (size_t)from[o]] += squares[j * wide + l];
        }
    }
}

/* J'J and J'f at x, whose predictions are kept. */
static void slopes_at(work *w, const double *x)
{
    double squares[(TR_CONSTANT_COUNT + 1) * (TR_CONSTANT_COUNT + 1)], width;
    const size_t n = (size_t)w->params;
    unpack(w, x, w->at);
    memset(w->matrix, 0, n * n * sizeof *w->matrix);
    memset(w->slope, 0, n * sizeof *w->slope);
    for (int engine = 0; engine < w->engines; engine++)
        for (int chip = 0; chip < w->chips; chip++) {
            memset(squares, 0, sizeof squares);
            for (size_t i = 0; i < w->rows; i++)
                if (w->row[i]->engine == engine && w->row[i]->chip == chip)
                    add_row(w, i, squares);
            spread(w, engine, chip, squares);
        }
    for (size_t j = 0; j < n; j++) {
        const double f = (x[j] - prior_of(w, (int)j, &width)) / width;
        w->slope[j] += f / width;
        w->matrix[j * n + j] += 1.0 / (width * width);
    }
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

/* Standard deviation of each sum of logarithms, from the inverse of J'J. */
static void deviate(const work *w, const double *inverse, fit_result *out)
{
    const size_t n = (size_t)w->params;
    for (int e = 0; e <= w->engines; e++)
        for (int c = 0; c <= w->chips; c++)
            for (int i = 0; i < w->kinds; i++) {
                int at[3] = {0, 0, 0}, count = 0;
                at[count++] = i;
                if (e < w->engines)
                    at[count++] = (1 + e) * w->kinds + i;
                if (c < w->chips)
                    at[count++] = (1 + w->engines + c) * w->kinds + i;
                double sum = 0.0;
                for (int a = 0; a < count; a++)
                    for (int b = 0; b < count; b++)
                        sum += inverse[(size_t)at[b] * n + (size_t)at[a]];
                out->deviation[e == w->engines ? FIT_ENGINE_MAX : e][c == w->chips ? FIT_CHIP_MAX : c][w->k[i]] =
                    sum > 0.0 ? sqrt(sum) : 0.0;
            }
}

/* A step from x with the diagonal raised by damp; *promised is what it should take off the sum of squares. */
static int step_from(const work *w, const double *x, double damp, double *damped, double *step, double *tried,
                     double *promised)
{
    const size_t n = (size_t)w->params;
    memcpy(damped, w->matrix, n * n * sizeof *damped);
    for (size_t j = 0; j < n; j++)
        damped[j * n + j] *= 1.0 + damp;
    memcpy(step, w->slope, n * sizeof *step);
    if (!fit_factor(damped, n, damped))
        return 0;
    fit_factor_solve(damped, n, step);
    *promised = 0.0;
    for (size_t j = 0; j < n; j++) {
        tried[j] = x[j] - step[j];
        *promised += step[j] * (w->slope[j] + damp * w->matrix[j * n + j] * step[j]);
    }
    return 1;
}

static void keep_tried(work *w)
{
    double *const was = w->log_t;
    w->log_t = w->log_tried;
    w->log_tried = was;
}

/* Levenberg, Marquardt, with Nielsen's rule for the damping. room: n x n and 2 n. */
static tr_status descend(work *w, double *x, double *room, tr_error *err)
{
    const size_t n = (size_t)w->params;
    double *damped = room, *step = room + n * n, *tried = step + n;
    double damp = 1e-3, rise = 2.0, now = cost(w, x), promised = 0.0;
    if (!isfinite(now))
        return tr_fail(err, TR_EDOMAIN, "fit", now, "the least squares could not start");
    keep_tried(w);
    slopes_at(w, x);
    for (int round = 0; round < ROUND_MAX; round++) {
        const int solved = step_from(w, x, damp, damped, step, tried, &promised);
        const double then = solved ? cost(w, tried) : now;
        const double gain = now - then;
        const int done = solved && fabs(gain) <= LEAST_GAIN * now && promised <= LEAST_GAIN * now;
        if (solved && gain > 0.0) {
            const double t = 2.0 * gain / promised - 1.0, cut = 1.0 - t * t * t;
            damp *= cut > 0.1 ? cut : 0.1;
            rise = 2.0;
            now = then;
            memcpy(x, tried, n * sizeof *x);
            keep_tried(w);
            if (!done)
                slopes_at(w, x);
        } else {
            damp *= rise;
            rise *= 2.0;
        }
        if (done)
            break;
    }
    return TR_OK;
}

static tr_status run(work *w, double *x, int with_deviation, fit_result *result, tr_error *err)
{
    const size_t n = (size_t)w->params;
    double *room = calloc(n * (2 * n + 3) + 2 * w->rows + 1, sizeof *room);
    if (room == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    w->matrix = room + n * n + 2 * n;
    w->slope = w->matrix + n * n;
    w->log_t = w->slope + n;
    w->log_tried = w->log_t + w->rows;
    tr_status s = descend(w, x, room, err);
    if (s == TR_OK && with_deviation) {
        slopes_at(w, x);
        if (fit_factor(w->matrix, n, room)) {
            memset(w->matrix, 0, n * n * sizeof *w->matrix);
            for (size_t j = 0; j < n; j++) {
                w->matrix[j * n + j] = 1.0;
                fit_factor_solve(room, n, w->matrix + j * n);
            }
            deviate(w, w->matrix, result);
        }
    }
    unpack(w, x, result);
    free(room);
    return s;
}

double fit_spread(const fit_data *data, const fit_prior *prior, int chip, int engine)
{
    const double of[] = {prior->width, engine >= 0 ? prior->engine_width : 0.0,
                         chip >= 0 ? prior->chip_width * widen(data, chip) : 0.0,
                         chip >= 0 && engine >= 0 ? prior->pair_width : 0.0};
    double sum = 0.0;
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        sum += of[i] * of[i];
    return sqrt(sum);
}

void fit_touch(const fit_problem *problem, fit_data *data)
{
    double value[TR_CONSTANT_COUNT];
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        value[k] = problem->prior[k].at;
    for (size_t i = 0; i < data->count; i++) {
        fit_row *row = &data->row[i];
        const double here = fit_predict(row, value, problem->target);
        if (!(measured(row, problem->target) > 0.0))
            continue;
        for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
            uint64_t moves = 0;
            for (int way = -1; problem->active[k] && moves == 0 && way <= 1; way += 2) {
                value[k] = problem->prior[k].at + way * PROBE_LOG;
                const double there = fit_predict(row, value, problem->target);
                moves = (uint64_t)(there < here || there > here);
            }
            value[k] = problem->prior[k].at;
            row->tells |= moves << k;
        }
    }
}

tr_status fit_solve(const fit_problem *problem, fit_result *result, int with_deviation, tr_error *err)
{
    const fit_data *data = problem->data;
    work w = {.p = problem, .at = result, .engines = data->engines, .chips = data->chips};
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        if (problem->active[k] && problem->prior[k].pair_width > 0.0)
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
