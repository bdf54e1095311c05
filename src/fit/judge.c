/* fit/judge.c -- how far off, and how sure: whole families, engines and chips left out in turn, errors, intervals and
 * their coverage by bucket. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/sort.h"
#include "fit/fit.h"
#include "fit/solve.h"

#define LEAST_ROWS 20
#define DECODE_ONLY_SHARE 0.02 /* of the time between tokens: prompts beside decoding that do not show */
#define FEW_CLIENTS 8.0        /* with so few, a first token waits for its own prompt's pass */

/* What was measured over what was predicted, for every row and quantity; NaN where there is none. */
typedef struct ratios {
    double *of[FIT_FOLD_COUNT]; /* [row * TR_INTERVAL_COUNT + quantity] */
    double *scratch;            /* three numbers a row */
    unsigned char *used;
    double *all;
} ratios;

static int make(ratios *r, size_t n)
{
    memset(r, 0, sizeof *r);
    const size_t each = (n + 1) * TR_INTERVAL_COUNT;
    r->all = calloc(each * FIT_FOLD_COUNT + (n + 1) * 3, sizeof *r->all);
    r->used = calloc(n + 1, 1);
    if (r->all == NULL || r->used == NULL)
        return 0;
    for (int k = 0; k < FIT_FOLD_COUNT; k++)
        r->of[k] = r->all + each * (size_t)k;
    for (size_t i = 0; i < each * FIT_FOLD_COUNT; i++)
        r->all[i] = (double)NAN;
    r->scratch = r->all + each * FIT_FOLD_COUNT;
    return 1;
}

static void drop(ratios *r)
{
    free(r->all);
    free(r->used);
}

static int is_crowd(const fit_row *row) { return row->run->clients.concurrency_seq > TR_CROWD_SEQ; }

static double over(double measured, double predicted)
{
    return measured > 0.0 && predicted > 0.0 ? measured / predicted : (double)NAN;
}

/* One row under the constants of its chip and engine; -1 leaves an offset out. */
static void judge_row(const fit_data *data, const fit_result *r, size_t index, int chip, int engine, double *out)
{
    const fit_row *row = &data->row[index];
    double value[TR_CONSTANT_COUNT];
    tr_service s;
    fit_constants(r, chip, engine, value);
    if (!fit_serve(row, value, &s))
        return;
    const double u = row->run->clients.output_token;
    out[TR_INTERVAL_TPOT] = over(row->tpot_s, s.tpot_s.predicted);
    out[TR_INTERVAL_TTFT] = over(row->ttft_s, s.ttft_s.predicted);
    if (s.prompt_share < DECODE_ONLY_SHARE)
        out[TR_INTERVAL_DECODE] = out[TR_INTERVAL_TPOT];
    if (is_crowd(row))
        out[TR_INTERVAL_CROWD] = out[TR_INTERVAL_TTFT];
    if (row->run->clients.concurrency_seq <= FEW_CLIENTS)
        out[TR_INTERVAL_PREFILL] = out[TR_INTERVAL_TTFT];
    if (row->tpot_s > 0.0 && row->ttft_s > 0.0)
        out[TR_INTERVAL_E2E] = over(row->ttft_s + (u - 1.0) * row->tpot_s, s.e2e_s.predicted);
}

/* ---- errors and intervals ------------------------------------------------------------ */

typedef int (*takes)(const fit_data *data, const fit_row *row, const void *which);

static size_t gather(const fit_data *data, const double *ratio, tr_interval q, takes take, const void *which,
                     double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++) {
        const double x = ratio[i * TR_INTERVAL_COUNT + (size_t)q];
        if (isfinite(x) && (take == NULL || take(data, &data->row[i], which)))
            out[n++] = x;
    }
    return n;
}

fit_error fit_error_of(double *ratio, size_t count, double *scratch)
{
    fit_error e;
    memset(&e, 0, sizeof e);
    e.rows = count;
    if (count == 0)
        return e;
    const double n = (double)count;
    for (size_t i = 0; i < count; i++) {
        const double off = 1.0 / ratio[i] - 1.0;
        e.within_20_share += fabs(off) <= 0.2 ? 1.0 / n : 0.0;
        e.bias_ratio += off / n;
        ratio[i] = fabs(off);
    }
    e.mape_ratio = tr_mean(ratio, count);
    tr_sort_double(ratio, count, scratch);
    e.median_ratio = tr_quantile_sorted(ratio, count, 0.5);
    e.p90_ratio = tr_quantile_sorted(ratio, count, 0.9);
    return e;
}

tr_band fit_band_of(double *ratio, size_t count, double *scratch, double widen)
{
    tr_band b = {0.4, 2.5};
    if (count < LEAST_ROWS)
        return b;
    tr_sort_double(ratio, count, scratch);
    const double low = tr_quantile_sorted(ratio, count, 0.05), high = tr_quantile_sorted(ratio, count, 0.95);
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

/* Rows of one maker's chips say nothing of how far another's lie: those enter only the widest interval. */
static int is_stranger(const fit_data *data, const fit_row *row)
{
    return strcmp(data->chip[row->chip]->vendor, "NVIDIA") != 0;
}

/* How far such a row is from what a fit without it rests on: folds are in the order of distances. */
static tr_distance distance_of(const fit_data *data, const fit_row *row, fit_fold fold)
{
    return fold == FIT_CHIP && is_stranger(data, row) ? TR_DISTANCE_GENERIC : (tr_distance)fold;
}

/* Whose ratios make an interval. */
typedef struct maker {
    tr_interval of;
    int stranger;
} maker;

static int makes(const fit_data *data, const fit_row *row, const void *which)
{
    const maker *m = which;
    const int crowd = m->of == TR_INTERVAL_TTFT && is_crowd(row); /* an interval of its own */
    return !crowd && (m->stranger < 0 || is_stranger(data, row) == m->stranger);
}

/* An interval that also holds eight in ten of these. */
static void hold(tr_band *band, double *ratio, size_t count, double *scratch)
{
    if (count < LEAST_ROWS)
        return;
    tr_sort_double(ratio, count, scratch);
    const double low = tr_quantile_sorted(ratio, count, 0.1), high = tr_quantile_sorted(ratio, count, 0.9);
    band->low_ratio = low < band->low_ratio ? low : band->low_ratio;
    band->high_ratio = high > band->high_ratio ? high : band->high_ratio;
}

static void take_bands(const fit_data *data, const ratios *r, tr_interval q, fit_result *out)
{
    /* Its own rows flatter a fit: what is near is as sure as a family left out at best, less what its rows say. */
    static const double widen[] = {1.05, 1.0, 1.0, 1.0, 1.1};
    double *x = r->scratch, *scratch = r->scratch + data->count + 1;
    for (int k = 0; k < FIT_FOLD_COUNT; k++) {
        const maker m = {q, k == FIT_CHIP || k == FIT_ENGINE ? 0 : -1};
        out->band[q][k] = fit_band_of(x, gather(data, r->of[k], q, makes, &m, x), scratch, widen[k]);
    }
    /* A maker whose chips nobody measured lies as far off as this one did when it was left out. */
    const maker other = {q, 1};
    hold(&out->band[q][TR_DISTANCE_GENERIC], x, gather(data, r->of[FIT_CHIP], q, makes, &other, x), scratch);
    fit_widen_outward(out->band[q]);
}

/* Of the rows that are taken, those inside the interval that a question like theirs is given. */
static double coverage(const fit_data *data, const ratios *r, const fit_result *out, tr_interval q, fit_fold fold,
                       takes take, const void *which)
{
    double inside = 0.0, all = 0.0;
    for (size_t i = 0; i < data->count; i++) {
        const fit_row *row = &data->row[i];
        const double x = r->of[fold][i * TR_INTERVAL_COUNT + (size_t)q];
        const tr_interval of = q == TR_INTERVAL_TTFT && is_crowd(row) ? TR_INTERVAL_CROWD : q;
        const tr_band *band = &out->band[of][distance_of(data, row, fold)];
        if (!isfinite(x) || (take != NULL && !take(data, row, which)))
            continue;
        all += 1.0;
        inside += x >= band->low_ratio && x <= band->high_ratio ? 1.0 : 0.0;
    }
    return all > 0.0 ? inside / all : (double)NAN;
}

static void take_errors(const fit_data *data, const ratios *r, fit_result *out)
{
    double *x = r->scratch, *scratch = r->scratch + data->count + 1;
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        take_bands(data, r, (tr_interval)q, out);
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int k = 0; k < FIT_FOLD_COUNT; k++) {
            const size_t n = gather(data, r->of[k], (tr_interval)q, NULL, NULL, x);
            out->error[q][k] = fit_error_of(x, n, scratch);
            out->coverage_share[q][k] = coverage(data, r, out, (tr_interval)q, (fit_fold)k, NULL, NULL);
        }
}

/* ---- buckets ----------------------------------------------------------------------------- */

typedef struct slice {
    int kind;                    /* left out: 0 family, 1 chip, 2 engine; by family: 3 isl / osl, 4 clients */
    int index;
    double over, to;
} slice;

static int in_slice(const fit_data *data, const fit_row *row, const void *which)
{
    const slice *s = which;
    const tr_clients *c = &row->run->clients;
    const double x = s->kind == 3 ? c->prompt_token / c->output_token : c->concurrency_seq;
    switch (s->kind) {
    case 0:
        return fit_same_family(data->model[row->model], data->model[s->index]);
    case 1:
        return row->chip == s->index;
    case 2:
        return row->engine == s->index;
    default:
        return x > s->over && x <= s->to;
    }
}

static fit_error error_in(const fit_data *data, const ratios *r, tr_interval q, fit_fold fold, const slice *which)
{
    double *x = r->scratch;
    return fit_error_of(x, gather(data, r->of[fold], q, in_slice, which, x), r->scratch + data->count + 1);
}

static void add_bucket(const fit_data *data, const ratios *r, const slice *which, fit_result *out, const char *kind,
                       const char *name)
{
    const fit_fold fold = which->kind == 1 ? FIT_CHIP : which->kind == 2 ? FIT_ENGINE : FIT_FAMILY;
    const fit_error tpot = error_in(data, r, TR_INTERVAL_TPOT, fold, which);
    if (out->buckets == FIT_BUCKET_MAX || tpot.rows == 0)
        return;
    fit_bucket *b = &out->bucket[out->buckets++];
    (void)snprintf(b->name, sizeof b->name, "%s %.32s", kind, name);
    b->tpot = tpot;
    b->ttft = error_in(data, r, TR_INTERVAL_TTFT, fold, which);
    b->tpot_coverage_share = coverage(data, r, out, TR_INTERVAL_TPOT, fold, in_slice, which);
    b->ttft_coverage_share = coverage(data, r, out, TR_INTERVAL_TTFT, fold, in_slice, which);
}

static int first_of_family(const fit_data *data, int model)
{
    int i = 0;
    while (!fit_same_family(data->model[i], data->model[model]))
        i++;
    return i;
}

static void take_buckets(const fit_data *data, const ratios *r, fit_result *out)
{
    static const struct {
        int kind;
        const char *name;
        double over, to;
    } range[] = {{3, "up to 2", 0, 2},     {3, "2 to 5", 2, 5},      {3, "5 to 10", 5, 10}, {3, "over 10", 10, 1e9},
                 {4, "1 to 8", 0, 8},      {4, "9 to 32", 8, 32},    {4, "33 to 128", 32, 128},
                 {4, "over 128", 128, 1e9}};
    for (int i = 0; i < data->models; i++) {
        const slice s = {.kind = 0, .index = i};
        char name[32];
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(data->model[i]->name, "-"), data->model[i]->name);
        if (first_of_family(data, i) == i)
            add_bucket(data, r, &s, out, "family", name);
    }
    for (int i = 0; i < data->chips; i++) {
        const slice s = {.kind = 1, .index = i};
        add_bucket(data, r, &s, out, "chip", data->chip[i]->name);
    }
    for (int i = 0; i < data->engines; i++) {
        const slice s = {.kind = 2, .index = i};
        add_bucket(data, r, &s, out, "engine", data->engine[i]);
    }
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++) {
        const slice s = {range[i].kind, 0, range[i].over, range[i].to};
        add_bucket(data, r, &s, out, range[i].kind == 3 ? "isl/osl" : "clients", range[i].name);
    }
}

/* ---- leaving out ---------------------------------------------------------------------------- */

static int is_left(const fit_data *data, const fit_row *row, fit_fold fold, int group)
{
    return fold == FIT_FAMILY   ? fit_same_family(data->model[row->model], data->model[group])
           : fold == FIT_ENGINE ? row->engine == group
                                : row->chip == group;
}

/* A row that was left out, by what a user is given: whose engine nobody measured gets what the chip's engines share. */
static void judge_left(const fit_data *data, const fit_result *part, fit_fold fold, size_t i, ratios *r)
{
    const fit_row *row = &data->row[i];
    const size_t at = i * TR_INTERVAL_COUNT;
    const int on_chip = fold == FIT_CHIP ? -1 : row->chip, under = fold == FIT_ENGINE ? -1 : row->engine;
    judge_row(data, part, i, on_chip, under, &r->of[fold][at]);
    if (fold == FIT_CHIP)
        judge_row(data, part, i, -1, -1, &r->of[FIT_CHIP_ENGINE][at]);
}

static tr_status leave_out(const fit_data *data, fit_again again, fit_fold fold, ratios *r, const fit_result *whole,
                           fit_result *part, tr_error *err)
{
    tr_status s = TR_OK;
    const int groups = fold == FIT_CHIP ? data->chips : fold == FIT_ENGINE ? data->engines : data->models;
    for (int g = 0; s == TR_OK && g < groups; g++) {
        size_t left = 0, of_chip[FIT_CHIP_MAX] = {0};
        if (fold == FIT_FAMILY && first_of_family(data, g) != g)
            continue;
        for (size_t i = 0; i < data->count; i++) {
            r->used[i] = is_left(data, &data->row[i], fold, g) ? 0 : 1;
            left += r->used[i] ? 0 : 1;
            of_chip[data->row[i].chip] += r->used[i];
        }
        if (left == 0 || left == data->count)
            continue;
        s = again(data, r->used, whole, part, err);
        for (size_t i = 0; s == TR_OK && i < data->count; i++) /* a chip that went with its engine was not measured */
            if (!r->used[i] && (fold != FIT_ENGINE || of_chip[data->row[i].chip] > 0))
                judge_left(data, part, fold, i, r);
    }
    return s;
}

tr_status fit_judge(const fit_data *data, fit_again again, fit_result *result, tr_error *err)
{
    ratios r;
    fit_result *part = malloc(sizeof *part);
    if (!make(&r, data->count) || part == NULL) {
        drop(&r);
        free(part);
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    }
    tr_status s = TR_OK;
    for (size_t i = 0; i < data->count; i++)
        judge_row(data, result, i, data->row[i].chip, data->row[i].engine, &r.of[FIT_FITTED][i * TR_INTERVAL_COUNT]);
    for (int fold = FIT_FAMILY; s == TR_OK && fold <= FIT_CHIP; fold++)
        s = leave_out(data, again, (fit_fold)fold, &r, result, part, err);
    if (s == TR_OK) {
        take_errors(data, &r, result);
        take_buckets(data, &r, result);
    }
    drop(&r);
    free(part);
    return s;
}
