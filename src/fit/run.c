/* fit/run.c -- a measured run as a question to the rooms that answer it. */
#include "fit/run.h"

#include <string.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "serve/prompt.h"

#define ADMIT_MOST_SEQ 2048.0

/* Whole experts where no more groups are told than there are ranks. */
static tr_layout layout_of(double tp, double pp, double dp, double ep)
{
    tr_layout y = {larger(tp, 1), larger(dp, 1), larger(ep, 1), larger(pp, 1), 1, 0};
    y.ep_rank = smaller(y.ep_rank, y.tp_rank * y.dp_rank);
    return y;
}

static void take_clients(const tr_measured *row, fit_run *run)
{
    const tr_serving *s = &row->serving;
    const double workers = larger(s->decode_worker - s->idle_decode_worker, 1);
    run->clients = (tr_clients){.concurrency_seq = s->concurrency_seq / workers,
                                .request_per_s = s->request_per_s / workers,
                                .prompt_token = larger(s->input_token, 1),
                                .output_token = larger(s->output_token, 1),
                                .cached_token = s->cached_token > 0 && s->cached_token < s->input_token
                                                    ? s->cached_token : 0,
                                .fixed_lengths = !(s->spread_ratio > 0 && s->spread_ratio < 1) && s->request_per_s <= 0,
                                /* A median request is not of the first wave. */
                                .request_per_client = s->start_together && !row->is_median ? s->request_per_client : 0,
                                .mean_batch_share = s->mean_batch_share,
                                .batch_wait_step = s->batch_wait_step,
                                .draft_token = s->draft_token,
                                .token_per_step = 1 + s->draft_token * s->accept_share,
                                .prefill_apart = s->prefill_worker > 0};
    run->open_ended = !(s->concurrency_seq >= 1) && !(s->request_per_s > 0);
}

static void take_engine(const tr_measured *row, fit_run *run)
{
    const tr_serving *s = &row->serving;
    tr_engine *e = &run->engine;
    *e = row->known_engine != NULL ? *row->known_engine : *tr_engine_default();
    if (s->memory_share > 0)
        e->memory_share = s->memory_share;
    if (s->chunk_token > 0)
        e->chunk_token = s->chunk_token;
    if (s->poll_step > 0)
        e->poll_step = s->poll_step;
    e->max_seq = s->most_seq;
    e->prefill_first = s->prefill_first;
    e->whole_prompt = s->whole_prompt;
    /* It ran as it was told to, whatever the engine's defaults. */
    e->expert_slices = e->expert_groups = e->attention_dp = e->pipeline = 1;
    e->max_tp_rank = 0;
}

static tr_status take_prefill(const tr_measured *row, fit_run *run, tr_error *err)
{
    const tr_serving *s = &row->serving;
    if (!(s->prefill_worker > 0))
        return TR_OK;
    run->prefill_worker = larger(s->prefill_worker - s->idle_prefill_worker, 1);
    const tr_layout y = layout_of(s->prefill_tp, s->prefill_pp, s->prefill_dp, s->prefill_ep);
    tr_status st = tr_system_of(&row->system->chip, y.tp_rank * y.dp_rank * y.pp_rank, &run->prefill_system, err);
    if (st == TR_OK)
        st = tr_shard_of(run->model, &run->prefill_system, &run->engine, &y, &run->formats, &run->prefill_shard, err);
    if (st == TR_OK)
        st = tr_roofline_of(run->model, &run->prefill_system, &run->engine, &run->formats, &run->prefill_roof, err);
    return st;
}

tr_status fit_run_of(const tr_measured *row, fit_run *run, tr_error *err)
{
    const tr_serving *s = &row->serving;
    if (row->model == NULL || row->system == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "a kernel measurement is not a run of a model");
    memset(run, 0, sizeof *run);
    run->model = row->model;
    run->system = *row->system;
    run->formats = row->dtypes;
    run->formats.draft_token = s->draft_token;
    take_engine(row, run);
    take_clients(row, run);
    const tr_layout y = layout_of(s->tp, s->pp, s->dp, s->ep);
    tr_status st = tr_shard_of(run->model, &run->system, &run->engine, &y, &run->formats, &run->shard, err);
    if (st == TR_OK)
        st = tr_roofline_of(run->model, &run->system, &run->engine, &run->formats, &run->roof, err);
    return st == TR_OK ? take_prefill(row, run, err) : st;
}

/* Of the requests whose caches fit at their mean length, those that an engine admits at once. */
static double admitted(const fit_run *run, double room_seq)
{
    const double prompt = run->clients.prompt_token, output = run->clients.output_token;
    const double longest_byte = tr_shard_seq_byte(&run->shard, prompt + output);
    if (!run->engine.whole_answer || !(longest_byte > 0))
        return room_seq;
    return room_seq * tr_shard_seq_byte(&run->shard, prompt + 0.5 * output) / longest_byte;
}

tr_status fit_run_serve(const fit_run *run, const tr_calibration *calibration, tr_distance distance, tr_service *out,
                        tr_error *err)
{
    tr_clients clients = run->clients;
    tr_service service;
    tr_status s = TR_OK;
    if (run->open_ended) {
        clients.concurrency_seq = 1;
        s = tr_serve(&run->shard, &run->roof, calibration, distance, &clients, &service, err);
        if (s == TR_OK)
            clients.concurrency_seq = larger(1, smaller(admitted(run, service.room_seq), ADMIT_MOST_SEQ));
    }
    const tr_prefill_side side = {&run->prefill_shard, &run->prefill_roof, run->prefill_worker, 0};
    if (s == TR_OK)
        s = tr_serve_apart(&run->shard, &run->roof, run->prefill_worker > 0 ? &side : NULL, calibration, distance,
                           &clients, &service, err);
    if (s == TR_OK)
        *out = service;
    return s;
}

/* A prompt's steps follow one another through the stages: the first fills them, each other one ends a stage's share
 * later. */
static double pipelined(double sum_s, double steps, double stages)
{
    return sum_s * (steps + stages - 1) / (steps * stages);
}

tr_status fit_run_pass(const fit_run *run, const tr_calibration *calibration, tr_distance distance, int prompt,
                       tr_quantity *out, tr_error *err)
{
    const tr_clients *c = &run->clients;
    tr_pass pass = {.token_per_seq = 1};
    tr_step step;
    double time_s = 0;
    if (prompt) {
        const double fresh = tr_prompt_pass(c).prefill_query_token;
        const int cut = run->engine.chunk_token >= 1 && !run->engine.whole_prompt;
        const double chunk = cut ? run->engine.chunk_token : fresh;
        double steps = 0;
        for (double done = 0; done < fresh; done += chunk, steps++) {
            pass.prefill_seq = 1;
            pass.prefill_query_token = smaller(chunk, fresh - done);
            pass.prefill_context_token = c->cached_token + done;
            const tr_status s = tr_pass_step(&run->shard, &run->roof, calibration, distance, &pass, &step, err);
            if (s != TR_OK)
                return s;
            time_s += step.step_s;
        }
        time_s = pipelined(time_s, steps, run->shard.layout.pp_rank);
    } else {
        pass.decode_seq = 1;
        pass.decode_context_token = c->prompt_token + c->output_token / 2;
        const tr_status s = tr_pass_step(&run->shard, &run->roof, calibration, distance, &pass, &step, err);
        if (s != TR_OK)
            return s;
        time_s = step.step_s;
    }
    out->predicted = out->low = out->high = time_s;
    if (calibration != NULL) {
        const tr_band *band = &calibration->band[prompt ? TR_INTERVAL_PREFILL : TR_INTERVAL_DECODE][distance];
        out->low = time_s * band->low_ratio;
        out->high = time_s * band->high_ratio;
    }
    return TR_OK;
}
