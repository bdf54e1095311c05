/* fit/fit_stream.c -- the fit of one stream at a time, and its judgement: models, chips and makers left out. */
#include "fit/fit_stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "fit/solve.h"
#include "rate/calibration_table.h"

/* Orders of magnitude, known before any row is seen. Widths are of the logarithm; 0: not fitted, since a single stream
 * of these models says nothing of it. */
typedef struct prior {
    tr_constant constant;
    double value, width;
    double group_width, chip_width;
} prior;
static const prior priors[] = {
    {TR_CONSTANT_LINEAR_BYTE, 0.85, 0.10, 0.10, 0.20},
    {TR_CONSTANT_LINEAR_FLOP, 0.70, 0.20, 0.20, 0.20},
    {TR_CONSTANT_EXPERT_BYTE, 0.70, 0.30, 0.05, 0.05},
    {TR_CONSTANT_EXPERT_FLOP, 0.40, 0.40, 0.05, 0.05},
    {TR_CONSTANT_KV_BYTE, 0.60, 0.30, 0.10, 0.05},
    {TR_CONSTANT_ATTENTION_FLOP, 0.50, 0.0, 0.0, 0.0},
    {TR_CONSTANT_PROMPT_FLOP, 0.30, 0.40, 0.20, 0.05},
    {TR_CONSTANT_LINK_BYTE, 0.80, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FP8_FLOP, 0.40, 0.30, 0.10, 0.20},
    {TR_CONSTANT_FP4_FLOP, 0.40, 0.0, 0.0, 0.0},
    {TR_CONSTANT_EXPERT_FP8, 0.40, 0.0, 0.0, 0.0},
    {TR_CONSTANT_EXPERT_FP4, 0.40, 0.0, 0.0, 0.0},
    {TR_CONSTANT_LINEAR_TILE, 2.0, 0.70, 0.50, 0.10},
    {TR_CONSTANT_EXPERT_TILE, 16.0, 0.50, 0.05, 0.05},
    {TR_CONSTANT_MOVE, 0.5, 0.70, 0.30, 0.05},
    {TR_CONSTANT_LINK_S, 200e-6, 0.50, 0.10, 0.30},
    {TR_CONSTANT_LINK_MID_S, 15e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_LAYER_S, 60e-6, 0.50, 0.50, 0.20},
    {TR_CONSTANT_MLA_S, 30e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_STATE_S, 30e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FP8_S, 5e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FP4_S, 5e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_MOE_S, 50e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_MOE_FP8_S, 50e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_MOE_FP4_S, 50e-6, 0.50, 0.05, 0.05},
    {TR_CONSTANT_GROUP_S, 8e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_GROUP_FP8_S, 8e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_STEP_S, 500e-6, 0.70, 0.30, 0.10},
    {TR_CONSTANT_SEQ_S, 10e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FIRST_S, 0.002, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FRONT_S, 1e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_BALANCE, 5.0, 0.0, 0.0, 0.0},
    {TR_CONSTANT_HOST, 1.0, 0.0, 0.0, 0.0},
};

/* [F31] What is otherwise on CPUs: shares are of the vector units' peak, kernels for half precision and for the cache
 * are simple, a layer waits for its threads and not for a launch. A CPU is given what all share: few were measured. */
static const prior cpu_priors[] = {
    {TR_CONSTANT_LINEAR_BYTE, 0.70, 0.20, 0.05, 0.15},  {TR_CONSTANT_LINEAR_FLOP, 0.50, 0.30, 0.05, 0.30},
    {TR_CONSTANT_EXPERT_BYTE, 0.60, 0.0, 0.0, 0.0},     {TR_CONSTANT_EXPERT_FLOP, 0.30, 0.0, 0.0, 0.0},
    {TR_CONSTANT_KV_BYTE, 0.40, 0.0, 0.0, 0.0},         {TR_CONSTANT_ATTENTION_FLOP, 0.035, 0.0, 0.0, 0.0},
    {TR_CONSTANT_PROMPT_FLOP, 0.05, 0.40, 0.05, 0.40},  {TR_CONSTANT_LINK_BYTE, 0.50, 0.0, 0.0, 0.0},
    {TR_CONSTANT_FP8_FLOP, 0.60, 0.30, 0.05, 0.05},     {TR_CONSTANT_EXPERT_FP8, 0.60, 0.0, 0.0, 0.0},
    {TR_CONSTANT_LINEAR_TILE, 2.0, 0.50, 0.05, 0.20},   {TR_CONSTANT_EXPERT_TILE, 4.0, 0.0, 0.0, 0.0},
    {TR_CONSTANT_MOVE, 0.5, 0.0, 0.0, 0.0},             {TR_CONSTANT_LINK_S, 20e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_LAYER_S, 30e-6, 0.70, 0.05, 0.20},     {TR_CONSTANT_MOE_FP4_S, 30e-6, 0.0, 0.0, 0.0},
    {TR_CONSTANT_STEP_S, 200e-6, 0.70, 0.05, 0.20},
};

static int is_of_cpus(const fit_data *data) { return data->chips > 0 && data->chip[0]->kind == TR_CHIP_CPU; }

const char *fit_stream_file(void) { return "e2e_consumer_llamacpp.csv"; }

/* The maker of a chip as a group, -1: none measured. */
static int maker_group(const fit_data *data, const tr_chip *chip)
{
    for (int g = 0; g < data->engines; g++)
        if (strcmp(data->engine[g], chip->vendor) == 0)
            return g;
    return -1;
}

size_t fit_stream_rows(const fit_data *data, int chip)
{
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        n += data->row[i].chip == chip;
    return n;
}

/* llama.cpp runs a mixture by the same launches in every format, and one format of them was measured. */
static void share_mixture(const fit_data *data, fit_result *r)
{
    static const int other[] = {TR_CONSTANT_MOE_S, TR_CONSTANT_MOE_FP8_S};
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        r->shared[other[i]] = r->shared[TR_CONSTANT_MOE_FP4_S];
        for (int g = 0; g < data->engines; g++)
            r->engine[g][other[i]] = r->engine[g][TR_CONSTANT_MOE_FP4_S];
        for (int c = 0; c < data->chips; c++)
            r->chip[c][other[i]] = r->chip[c][TR_CONSTANT_MOE_FP4_S];
    }
}

static void take_priors(const prior *from, size_t count, fit_problem *p)
{
    for (size_t i = 0; i < count; i++) {
        const int k = (int)from[i].constant;
        p->active[k] = from[i].width > 0.0;
        p->prior[k] = (fit_prior){log(from[i].value), from[i].width, from[i].group_width, from[i].chip_width, 0.0};
    }
}

static void set_up(const fit_data *data, const unsigned char *used, fit_problem *p)
{
    memset(p, 0, sizeof *p);
    p->data = data;
    p->used = used;
    p->target = FIT_STREAM;
    p->noise = 0.1;
    p->group_rows = 8.0;
    take_priors(priors, sizeof priors / sizeof priors[0], p);
    if (is_of_cpus(data))
        take_priors(cpu_priors, sizeof cpu_priors / sizeof cpu_priors[0], p);
}

static tr_status solve(const fit_data *data, const unsigned char *used, int with_deviation, fit_result *out,
                       tr_error *err)
{
    fit_problem p;
    set_up(data, used, &p);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        out->shared[k] = p.prior[k].at;
    memset(out->engine, 0, sizeof out->engine);
    memset(out->chip, 0, sizeof out->chip);
    memset(out->pair, 0, sizeof out->pair);
    const tr_status s = fit_solve(&p, out, with_deviation, err);
    share_mixture(data, out);
    return s;
}

/* ---- leaving out ----------------------------------------------------------------- */

typedef enum leaving { LEAVE_NONE = 0, LEAVE_MODEL, LEAVE_CHIP, LEAVE_MAKER } leaving;

typedef struct sample {
    double *ratio;
    size_t count;
} sample;

typedef struct samples {
    sample token, prompt, one;
    unsigned char *used;
    double *room, *scratch;
    double *seen;                /* by fold and row: measured over predicted */
} samples;

static int is_left(const fit_data *data, const fit_row *row, leaving what, int group)
{
    if (what == LEAVE_MAKER) /* makers are told by any chip of theirs */
        return strcmp(data->chip[row->chip]->vendor, data->chip[group]->vendor) == 0;
    return what == LEAVE_CHIP ? row->chip == group : what == LEAVE_MODEL ? row->model == group : 0;
}

static size_t rows_used(const fit_data *data, const unsigned char *used, int chip)
{
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        n += used[i] && data->row[i].chip == chip;
    return n;
}

/* The chip whose constants a chip would ship with, of those that rows are left of; -1: none is in reach. */
static int relative(const fit_data *data, const unsigned char *used, int chip)
{
    double nearest = 99.0;
    int found = -1;
    if (is_of_cpus(data))
        return -1;
    for (int c = 0; c < data->chips; c++) {
        const double far = tr_chip_unlike_year(data->chip[chip], data->chip[c]);
        if (far < nearest && rows_used(data, used, c) >= FIT_STREAM_LEAST_ROWS) {
            nearest = far;
            found = c;
        }
    }
    return found;
}

/* Rows that were left out (none: all), by the constants that their chip would be given: of the engine as it is now,
 * whenever a row was measured. */
static void collect(const fit_data *data, const fit_result *r, leaving what, int group, samples *s)
{
    const int kin = what == LEAVE_CHIP ? relative(data, s->used, group) : -1;
    s->one.count = 0;
    for (size_t i = 0; i < data->count; i++) {
        const fit_row *row = &data->row[i];
        double value[TR_CONSTANT_COUNT];
        if ((what != LEAVE_NONE && s->used[i]) || (what == LEAVE_MODEL && rows_used(data, s->used, row->chip) == 0))
            continue;
        const int shared = what == LEAVE_MAKER || is_of_cpus(data);
        fit_constants(r, shared ? -1 : what == LEAVE_CHIP ? kin : row->chip,
                      shared ? -1 : maker_group(data, data->chip[row->chip]), value);
        const double t = fit_predict(row, value, FIT_STREAM), y = row->tpot_s > 0.0 ? row->tpot_s : row->ttft_s;
        if (!(t > 0.0))
            continue;
        static const fit_fold fold[] = {[LEAVE_NONE] = FIT_FITTED, [LEAVE_MODEL] = FIT_FAMILY, [LEAVE_CHIP] = FIT_CHIP,
                                        [LEAVE_MAKER] = FIT_CHIP_ENGINE};
        s->seen[(size_t)fold[what] * data->count + i] = y / t;
        sample *to = row->tpot_s > 0.0 ? &s->token : &s->prompt;
        to->ratio[to->count++] = y / t;
        if (row->tpot_s > 0.0)
            s->one.ratio[s->one.count++] = y / t;
    }
}

static int first_of_maker(const fit_data *data, int chip)
{
    int i = 0;
    while (strcmp(data->chip[i]->vendor, data->chip[chip]->vendor) != 0)
        i++;
    return i == chip;
}

static tr_status leave_out(const fit_data *data, leaving what, samples *s, fit_result *out, tr_error *err)
{
    fit_result *part = calloc(1, sizeof *part);
    if (part == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    tr_status status = TR_OK;
    const int groups = what == LEAVE_MODEL ? data->models : data->chips;
    s->token.count = s->prompt.count = 0;
    for (int g = 0; status == TR_OK && g < groups; g++) {
        size_t kept = 0;
        if (what == LEAVE_MAKER && !first_of_maker(data, g))
            continue;
        for (size_t i = 0; i < data->count; i++) {
            s->used[i] = is_left(data, &data->row[i], what, g) ? 0 : 1;
            kept += s->used[i];
        }
        if (kept == 0 || kept == data->count)
            continue;
        status = solve(data, s->used, 0, part, err);
        if (status != TR_OK)
            break;
        collect(data, part, what, g, s);
        if (what == LEAVE_CHIP && out->buckets < FIT_BUCKET_MAX) {
            fit_bucket *b = &out->bucket[out->buckets++];
            (void)snprintf(b->name, sizeof b->name, "chip %.40s", data->chip[g]->name);
            b->tpot = fit_error_of(s->one.ratio, s->one.count, s->scratch);
        }
    }
    free(part);
    return status;
}

/* Folds are in the order of distances. */
static void take(fit_result *out, tr_interval q, fit_fold fold, const sample *from, double *scratch, double widen)
{
    out->band[q][fold] = fit_band_of(from->ratio, from->count, scratch, widen);
    out->error[q][fold] = fit_error_of(from->ratio, from->count, scratch);
}

static tr_status judged(fit_data *data, samples *s, fit_result *out, tr_error *err)
{
    fit_problem p;
    memset(s->used, 1, data->count);
    set_up(data, s->used, &p);
    fit_touch(&p, data);
    for (size_t i = 0; i < data->count; i++) /* what one format of a mixture says is said of all */
        if (data->row[i].tells >> TR_CONSTANT_MOE_FP4_S & 1U)
            data->row[i].tells |= (uint64_t)1 << TR_CONSTANT_MOE_S | (uint64_t)1 << TR_CONSTANT_MOE_FP8_S;
    memcpy(out->prior, p.prior, sizeof out->prior);
    tr_status status = solve(data, s->used, 1, out, err);
    if (status != TR_OK)
        return status;
    collect(data, out, LEAVE_NONE, 0, s);
    static const struct {
        leaving what;
        fit_fold fold;
        double widen; /* its own rows flatter a fit a little; a third maker lies further than two from one another */
    } look[] = {{LEAVE_NONE, FIT_FITTED, 1.03},
                {LEAVE_MODEL, FIT_FAMILY, 1.0},
                {LEAVE_CHIP, FIT_CHIP, 1.0},
                {LEAVE_MAKER, FIT_CHIP_ENGINE, 1.25}};
    for (size_t i = 0; status == TR_OK && i < sizeof look / sizeof look[0]; i++) {
        if (look[i].what != LEAVE_NONE)
            status = leave_out(data, look[i].what, s, out, err);
        take(out, TR_INTERVAL_DECODE, look[i].fold, &s->token, s->scratch, look[i].widen);
        take(out, TR_INTERVAL_PREFILL, look[i].fold, &s->prompt, s->scratch, look[i].widen);
    }
    if (is_of_cpus(data)) { /* few were measured, and a prompt's kernels of one format are three times another's */
        tr_band *token = &out->band[TR_INTERVAL_DECODE][TR_DISTANCE_CHIP];
        tr_band *prompt = &out->band[TR_INTERVAL_PREFILL][TR_DISTANCE_CHIP];
        *token = (tr_band){token->low_ratio / 1.1, token->high_ratio * 1.1};
        *prompt = (tr_band){prompt->low_ratio / 1.4, prompt->high_ratio * 1.4};
    }
    for (int d = 0; d < TR_DISTANCE_CHIP && is_of_cpus(data); d++) { /* each is given what the others share */
        out->band[TR_INTERVAL_DECODE][d] = out->band[TR_INTERVAL_DECODE][TR_DISTANCE_CHIP];
        out->band[TR_INTERVAL_PREFILL][d] = out->band[TR_INTERVAL_PREFILL][TR_DISTANCE_CHIP];
    }
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) /* there is one engine, and it is always told */
        out->band[q][TR_DISTANCE_ENGINE] = out->band[q][TR_DISTANCE_MODEL];
    fit_widen_outward(out->band[TR_INTERVAL_DECODE]);
    fit_widen_outward(out->band[TR_INTERVAL_PREFILL]);
    fit_stream_cover(data, s->seen, s->room, out);
    /* One stream is its passes. */
    memcpy(out->band[TR_INTERVAL_TPOT], out->band[TR_INTERVAL_DECODE], sizeof out->band[0]);
    memcpy(out->band[TR_INTERVAL_TTFT], out->band[TR_INTERVAL_PREFILL], sizeof out->band[0]);
    memcpy(out->band[TR_INTERVAL_CROWD], out->band[TR_INTERVAL_PREFILL], sizeof out->band[0]);
    memcpy(out->band[TR_INTERVAL_E2E], out->band[TR_INTERVAL_PREFILL], sizeof out->band[0]);
    return status;
}

tr_status fit_stream(fit_data *data, fit_result *out, tr_error *err)
{
    if (data->count == 0)
        return tr_fail(err, TR_EMISSING, "rows", 0.0, "no row of the file can be used for a fit");
    const size_t n = data->count + 1;
    samples s;
    memset(&s, 0, sizeof s);
    s.used = calloc(n, 1);
    s.room = calloc(n * (4 + FIT_FOLD_COUNT), sizeof *s.room);
    memset(out, 0, sizeof *out);
    out->chips = data->chips;
    out->engines = data->engines;
    tr_status status = s.used == NULL || s.room == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    if (status == TR_OK) {
        s.token.ratio = s.room;
        s.prompt.ratio = s.room + n;
        s.one.ratio = s.room + 2 * n;
        s.scratch = s.room + 3 * n;
        s.seen = s.room + 4 * n;
        for (size_t i = 0; i < n * FIT_FOLD_COUNT; i++)
            s.seen[i] = (double)NAN;
        status = judged(data, &s, out, err);
    }
    free(s.used);
    free(s.room);
    return status;
}

/* ---- what ships ------------------------------------------------------------------- */

void fit_stream_calibration(const fit_data *data, const fit_result *result, int chip, tr_calibration *out)
{
    fit_calibration(data, result, chip, chip >= 0 ? maker_group(data, data->chip[chip]) : -1, out);
    (void)snprintf(out->engine, sizeof out->engine, "%s", data->stream_engine);
    if (is_of_cpus(data)) {
        (void)snprintf(out->chip, sizeof out->chip, "%s", TR_CALIBRATION_CPUS);
        (void)snprintf(out->name, sizeof out->name, "%s-%s", TR_CALIBRATION_CPUS, data->stream_engine);
        return;
    }
    (void)snprintf(out->name, sizeof out->name, "%.60s-%s", chip >= 0 ? data->chip[chip]->name : "generic",
                   data->stream_engine);
}

tr_status fit_stream_write(const fit_data *data, const fit_result *r, const char *folder, tr_error *err)
{
    tr_status s = TR_OK;
    for (int chip = -1; s == TR_OK && chip < data->chips; chip++) {
        const size_t rows = chip >= 0 ? fit_stream_rows(data, chip) : data->count;
        tr_calibration c;
        if (rows < FIT_STREAM_LEAST_ROWS || (chip >= 0 && is_of_cpus(data)))
            continue;
        fit_stream_calibration(data, r, chip, &c);
        const fit_written w = {&c, chip, chip >= 0 ? maker_group(data, data->chip[chip]) : -1, 1, "maker_left_out"};
        s = fit_write_one(data, r, &w, folder, err);
    }
    return s;
}
