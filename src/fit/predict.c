/* fit/predict.c -- what each physics says about a measured row. */
#include "fit/predict.h"

#include <math.h>
#include <stdlib.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "fit/fit.h"
#include "fit/kernel_time.h"
#include "fit/run.h"
#include "serve/prompt.h"

/* ---- kernels ------------------------------------------------------------------------ */

/* A kernel nobody timed on this chip gets its nearest relative's constants, and a wider band. */
static tr_status fitted_kernel(const tr_measured *row, tr_prediction *out, tr_error *err)
{
    static const double widen[] = {1, 1.25, 1.5};
    int far = 0;
    const kernel_row *c = kernel_find(row, &far);
    if (c == NULL)
        return tr_fail(err, TR_ENOFIT, "physics", (double)NAN, "no kernel of this class was measured");
    const double time_s = kernel_time_s(&row->kernel, &row->system->chip, c->value);
    *out =
        (tr_prediction){time_s, time_s * c->low_ratio / widen[far], time_s * c->high_ratio * widen[far], 0};
    return TR_OK;
}

/* ---- runs ------------------------------------------------------------------------------ */

/* An engine nobody measured on any chip gets what all engines share; one that is not stated may be years old, too. */
static tr_status calibrated(const fit_run *run, tr_calibration *out, tr_distance *distance, tr_error *err)
{
    const tr_chip *chip = &run->system.chip;
    tr_status s = tr_calibration_find(chip, run->engine.name, run->model, out, NULL);
    if (s != TR_OK)
        s = tr_calibration_find(chip, "", run->model, out, err);
    if (s == TR_OK)
        *distance = run->engine.name[0] == '\0' ? TR_DISTANCE_GENERIC : out->distance;
    return s;
}

/* A run without clients sends no token to any. */
static tr_calibration offline(const tr_calibration *calibration)
{
    tr_calibration c = *calibration;
    c.value[TR_CONSTANT_SEQ_S] = smaller(c.value[TR_CONSTANT_SEQ_S], FIT_SEQ_S);
    return c;
}

static tr_prediction prediction_of(const tr_quantity *q)
{
    return (tr_prediction){q->predicted, q->low, q->high, q->bound};
}

/* By a calibration, or (NULL) at datasheet peak. */
static tr_status served(const tr_measured *row, const fit_run *run, const tr_calibration *calibration,
                        tr_distance distance, tr_prediction *out, tr_error *err)
{
    tr_service service;
    tr_quantity pass;
    const int prompt = row->metric == TR_METRIC_PROMPT;
    if (prompt || row->metric == TR_METRIC_GENERATE) {
        const tr_status s = fit_run_pass(run, calibration, distance, prompt, &pass, err);
        const double per = prompt ? tr_prompt_pass(&run->clients).prefill_query_token : 1;
        if (s == TR_OK)
            *out = (tr_prediction){pass.predicted / per, pass.low / per, pass.high / per, 0};
        return s;
    }
    const int alone = row->metric == TR_METRIC_OUTPUT && calibration != NULL;
    const tr_calibration without = alone ? offline(calibration) : (tr_calibration){0};
    const tr_status s = fit_run_serve(run, alone ? &without : calibration, distance, &service, err);
    if (s != TR_OK)
        return s;
    if (row->metric == TR_METRIC_OUTPUT) {
        const tr_quantity *rate = &service.output_token_per_s;
        *out = (tr_prediction){1 / rate->predicted, 1 / rate->high, 1 / rate->low, 1 / rate->bound};
    } else {
        *out = prediction_of(row->metric == TR_METRIC_TTFT ? &service.ttft_s : &service.tpot_s);
    }
    return TR_OK;
}

/* The pass that a run cannot do without: of one decode step, of one prompt, of both for each token. */
static tr_status run_bound(const tr_measured *row, const fit_run *run, tr_physics physics, double *out, tr_error *err)
{
    tr_service service;
    const int ops = physics == TR_PHYSICS_OPS;
    tr_pass decode = {.decode_seq = 1, .token_per_seq = 1 + run->clients.draft_token};
    const tr_pass prompt = tr_prompt_pass(&run->clients);
    tr_step step = {0}, first = {0};
    tr_status s = TR_OK;
    double batch = 1;
    if (row->metric == TR_METRIC_TPOT || row->metric == TR_METRIC_OUTPUT) {
        s = fit_run_serve(run, NULL, TR_DISTANCE_NEAR, &service, err);
        if (s != TR_OK)
            return s;
        batch = larger(service.batch_seq, 1);
    }
    decode.decode_seq = batch;
    decode.decode_context_token = run->clients.prompt_token;
    const int prompts = row->metric == TR_METRIC_TTFT || row->metric == TR_METRIC_PROMPT;
    const int apart = prompts && run->prefill_worker > 0;
    const tr_shard *shard = apart ? &run->prefill_shard : &run->shard;
    const tr_roofline *roof = apart ? &run->prefill_roof : &run->roof;
    const tr_pass *pass = prompts ? &prompt : &decode;
    if (ops && row->metric == TR_METRIC_PROMPT) {
        tr_quantity least;
        s = fit_run_pass(run, NULL, TR_DISTANCE_NEAR, 1, &least, err);
        if (s == TR_OK)
            *out = least.predicted / prompt.prefill_query_token;
        return s;
    }
    s = ops ? tr_pass_step(shard, roof, NULL, TR_DISTANCE_NEAR, pass, &step, err)
            : tr_bound_pass(roof, pass, &step, err);
    if (s != TR_OK)
        return s;
    *out = step.step_s;
    if (row->metric == TR_METRIC_PROMPT)
        *out = step.step_s / prompt.prefill_query_token;
    else if (row->metric == TR_METRIC_TPOT)
        *out = step.step_s / larger(run->clients.token_per_step, 1);
    else if (row->metric == TR_METRIC_OUTPUT) {
        /* Prompts and answers share the machine; multiplies of one may hide the reads of the other. */
        tr_step least;
        s = tr_bound_pass(roof, pass, &least, err);
        if (s == TR_OK)
            s = tr_bound_pass(roof, &prompt, &first, err);
        if (s == TR_OK)
            *out = larger(least.compute_s / batch + first.compute_s / run->clients.output_token, step.step_s / batch);
    }
    return s;
}

static tr_status run_predict(const tr_measured *row, tr_physics physics, tr_prediction *out, tr_error *err)
{
    tr_calibration calibration;
    tr_distance distance = TR_DISTANCE_GENERIC;
    double bound = 0, ops = 0;
    fit_run *run = malloc(sizeof *run);
    tr_status s = run == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : fit_run_of(row, run, err);
    if (s == TR_OK)
        s = run_bound(row, run, TR_PHYSICS_BOUND, &bound, err);
    if (s == TR_OK && physics == TR_PHYSICS_OPS)
        s = run_bound(row, run, TR_PHYSICS_OPS, &ops, err);
    if (s == TR_OK && physics == TR_PHYSICS_FITTED) {
        s = calibrated(run, &calibration, &distance, err);
        if (s == TR_OK)
            s = served(row, run, &calibration, distance, out, err);
        if (s == TR_OK)
            out->bound_s = bound;
    } else if (s == TR_OK) {
        const double least = physics == TR_PHYSICS_OPS ? ops : bound;
        *out = (tr_prediction){least, least, least, bound};
    }
    free(run);
    return s;
}

int tr_predicts(tr_physics physics) { return physics >= TR_PHYSICS_BOUND && physics <= TR_PHYSICS_FITTED; }

tr_status tr_predict(const tr_measured *row, tr_physics physics, tr_prediction *out, tr_error *err)
{
    if (!tr_predicts(physics))
        return tr_fail(err, TR_EUNKNOWN, "physics", (double)NAN, "unknown physics");
    if (row->metric == TR_METRIC_WORKED) {
        *out = (tr_prediction){row->worked, row->worked, row->worked, row->worked};
        return TR_OK;
    }
    if (row->metric != TR_METRIC_KERNEL)
        return run_predict(row, physics, out, err);
    double bound = 0;
    const tr_chip *chip = &row->system->chip;
    tr_status s = kernel_least_s(&row->kernel, chip, chip->cache_byte, &bound, err);
    if (s == TR_OK && physics == TR_PHYSICS_FITTED)
        s = fitted_kernel(row, out, err);
    else if (s == TR_OK)
        *out = (tr_prediction){bound, bound, bound, bound};
    if (s == TR_OK)
        out->bound_s = bound;
    return s;
}
