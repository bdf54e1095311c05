/* fit/judge.c -- how far off, and how sure: whole families and whole chips left out in turn, errors, intervals and
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
static int of_known_maker(const fit_data *data, const fit_row *row, const void *which)
{
    (void)which;
    return strcmp(data->chip[row->chip]->vendor, "NVIDIA") == 0;
}

static int of_another_maker(const fit_data *data, const fit_row *row, const void *which)
{
    return !of_known_maker(data, row, which);
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

static void take_errors(const fit_data *data, const ratios *r, fit_result *out)
{
    /* Its own rows flatter a fit: what is near is as sure as a family left out at best, less what its rows say. */
    static const double widen[] = {1.05, 1.0, 1.0, 1.1};
    double *x = r->scratch, *scratch = r->scratch + data->count + 1;
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        for (int k = 0; k < FIT_FOLD_COUNT; k++) {
            size_t n = gather(data, r->of[k], (tr_interval)q, NULL, NULL, x);
            out->error[q][k] = fit_error_of(x, n, scratch);
            n = gather(data, r->of[k], (tr_interval)q, k == FIT_CHIP ? of_known_maker : NULL, NULL, x);
            out->band[q][k] = fit_band_of(x, n, scratch, widen[k]); /* folds are in the order of distances */
        }
        /* A maker whose chips nobody measured lies as far off as this one did when it was left out. */
        const size_t n = gather(data, r->of[FIT_CHIP], (tr_interval)q, of_another_maker, NULL, x);
        hold(&out->band[q][TR_DISTANCE_GENERIC], x, n, scratch);
        fit_widen_outward(out->band[q]);
    }
}

/* ---- buckets ----------------------------------------------------------------------------- */

typedef struct slice {
    int kind;                    /* 0 family, 1 chip, 2 engine, 3 isl / osl, 4 clients */
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

static double coverage(const double *ratio, size_t n, const tr_band *band)
{
    double inside = 0.0;
    for (size_t i = 0; i < n; i++)
        inside += ratio[i] >= band->low_ratio && ratio[i] <= band->high_ratio ? 1.0 : 0.0;
    return n > 0 ? inside / (double)n : (double)NAN;
}

static void add_bucket(const fit_data *data, const ratios *r, const slice *which, fit_result *out, const char *kind,
                       const char *name)
{
    double *x = r->scratch, *scratch = r->scratch + data->count + 1;
    const fit_fold fold = which->kind == 1 ? FIT_CHIP : FIT_FAMILY;
    if (out->buckets == FIT_BUCKET_MAX)
        return;
    fit_bucket *b = &out->bucket[out->buckets];
    size_t n = gather(data, r->of[fold], TR_INTERVAL_TPOT, in_slice, which, x);
    if (n == 0)
        return;
    const int stranger = which->kind == 1 && strcmp(data->chip[which->index]->vendor, "NVIDIA") != 0;
    const tr_distance far = stranger ? TR_DISTANCE_GENERIC : fold == FIT_CHIP ? TR_DISTANCE_CHIP : TR_DISTANCE_MODEL;
    (void)snprintf(b->name, sizeof b->name, "%s %.32s", kind, name);
    b->tpot_coverage_share = coverage(x, n, &out->band[TR_INTERVAL_TPOT][far]);
    b->tpot = fit_error_of(x, n, scratch);
    n = gather(data, r->of[fold], TR_INTERVAL_TTFT, in_slice, which, x);
    b->ttft_coverage_share = coverage(x, n, &out->band[TR_INTERVAL_TTFT][far]);
    b->ttft = fit_error_of(x, n, scratch);
    out->buckets++;
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

static tr_status leave_out(const fit_data *data, fit_again again, int by_chip, ratios *r, const fit_result *whole,
                           fit_result *part, tr_error *err)
{
    tr_status s = TR_OK;
    const int groups = by_chip ? data->chips : data->models;
    for (int g = 0; s == TR_OK && g < groups; g++) {
        size_t left = 0;
        if (!by_chip && first_of_family(data, g) != g)
            continue;
        for (size_t i = 0; i < data->count; i++) {
            const fit_row *row = &data->row[i];
            const int leave = by_chip ? row->chip == g : fit_same_family(data->model[row->model], data->model[g]);
            r->used[i] = leave ? 0 : 1;
            left += leave ? 1 : 0;
        }
        if (left == 0 || left == data->count)
            continue;
        s = again(data, r->used, whole, part, err);
        for (size_t i = 0; s == TR_OK && i < data->count; i++) {
            const fit_row *row = &data->row[i];
            const size_t at = i * TR_INTERVAL_COUNT;
            if (r->used[i])
                continue;
            if (by_chip) {
                judge_row(data, part, i, -1, row->engine, &r->of[FIT_CHIP][at]);
                judge_row(data, part, i, -1, -1, &r->of[FIT_CHIP_ENGINE][at]);
            } else {
                judge_row(data, part, i, row->chip, row->engine, &r->of[FIT_FAMILY][at]);
            }
        }
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
    for (size_t i = 0; i < data->count; i++)
        judge_row(data, result, i, data->row[i].chip, data->row[i].engine, &r.of[FIT_FITTED][i * TR_INTERVAL_COUNT]);
    tr_status s = leave_out(data, again, 0, &r, result, part, err);
    if (s == TR_OK)
        s = leave_out(data, again, 1, &r, result, part, err);
    if (s == TR_OK) {
        take_errors(data, &r, result);
        take_buckets(data, &r, result);
    }
    drop(&r);
    free(part);
    return s;
}
