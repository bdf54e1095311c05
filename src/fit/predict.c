/* fit/predict.c -- what each physics says about a measured row. */
#include "fit/predict.h"

#include <tokenroof/operators.h>

#include <math.h>

#include "base/fail.h"
#include "base/text.h"
#include "fit/kernel_time.h"

static double larger(double a, double b) { return a > b ? a : b; }

/* Requests in flight under arrivals at a rate, by Little's law: rate x time of an answer, which depends on
 * them. */
static double in_flight_seq(const tr_measured *row, const tr_roofline *roof, double context_token)
{
    const tr_serving *load = &row->serving;
    double batch = 1;
    for (int round = 0; round < 20; round++) {
        const tr_load now = {
            .phase = TR_PHASE_DECODE, .batch_seq = batch, .context_token = context_token, .query_token = 1};
        tr_step step;
        if (tr_bound_step(roof, row->model, &now, &step, NULL) != TR_OK)
            break;
        batch = larger(1, load->request_per_s * load->output_token * step.step_s);
    }
    return batch;
}

/* Sequences decoded together by one instance: as many as clients ask for, and as fit. */
static double decode_batch_seq(const tr_measured *row, const tr_roofline *roof, double context_token)
{
    const tr_serving *load = &row->serving;
    const double instances = load->decode_worker > 0 ? load->decode_worker : 1;
    const double asked =
        load->request_per_s > 0 ? in_flight_seq(row, roof, context_token) : load->concurrency_seq / instances;
    const double fits = tr_max_batch_seq(roof, row->model, context_token);
    return !(asked >= 1) ? fits : asked < fits ? asked : fits;
}

/* The row's own cut of the model; where a table tells one that is not legal, the usual one. */
static tr_layout layout_of(const tr_measured *row, const tr_system *system, double tp, double dp)
{
    const tr_serving *load = &row->serving;
    tr_layout layout = {.tp_rank = larger(tp, 1),
                        .dp_rank = larger(dp, 1),
                        .ep_rank = larger(load->ep, 1),
                        .pp_rank = larger(load->pp, 1),
                        .replica_count = 1};
    if (tr_layout_check(row->model, system, &layout, NULL) != TR_OK)
        (void)tr_layout_default(row->model, system, &row->dtypes, &layout, NULL);
    return layout;
}

/* One pass by the two equations, or by its operators; a model without layers has none, and keeps the bound.
 */
static tr_status pass_of(const tr_measured *row, const tr_system *system, const tr_roofline *roof,
                         const tr_load *load, const tr_layout *layout, tr_physics physics, tr_step *step,
                         tr_error *err)
{
    const tr_status s = tr_bound_step(roof, row->model, load, step, err);
    tr_step ops;
    if (s == TR_OK && physics == TR_PHYSICS_OPS &&
        tr_operator_step(row->model, system, layout, &row->dtypes, load, &ops, NULL) == TR_OK &&
        ops.step_s > step->step_s)
        *step = ops;
    return s;
}

static tr_status decode_bound(const tr_measured *row, const tr_roofline *roof, tr_physics physics,
                              tr_step *step, tr_error *err)
{
    const double context = row->serving.input_token + row->serving.output_token / 2;
    const double batch = decode_batch_seq(row, roof, context);
    if (!(batch >= 1) || batch > 1e9)
        return tr_fail(err, TR_ENOFIT, "model", (double)NAN, "not even one sequence fits the memory");
    const tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = batch, .context_token = context, .query_token = 1};
    const tr_layout layout = layout_of(row, row->system, row->serving.tp, row->serving.dp);
    return pass_of(row, row->system, roof, &load, &layout, physics, step, err);
}

static tr_status prefill_bound(const tr_measured *row, tr_physics physics, tr_step *step, tr_error *err)
{
    tr_roofline roof;
    tr_system system = *row->system;
    const double chips = row->serving.prefill_tp * row->serving.prefill_dp;
    tr_status s = chips > 0 ? tr_system_of(&row->system->chip, chips, &system, err) : TR_OK;
    if (s == TR_OK)
        s = tr_roofline_of(row->model, &system, &row->dtypes, &roof, err);
    const tr_load load = {.phase = TR_PHASE_PREFILL,
                          .batch_seq = 1,
                          .context_token = row->serving.cached_token,
                          .query_token = row->serving.input_token - row->serving.cached_token};
    if (s != TR_OK)
        return s;
    const tr_layout layout = chips > 0
                                 ? layout_of(row, &system, row->serving.prefill_tp, row->serving.prefill_dp)
                                 : layout_of(row, &system, row->serving.tp, row->serving.dp);
    return pass_of(row, &system, &roof, &load, &layout, physics, step, err);
}

/* Offline: prompts and answers share the machine; multiplies of one may hide the reads of the other. */
static double offline_s(const tr_measured *row, const tr_step *decode, const tr_step *prefill)
{
    const double batch = decode->token_per_s * decode->step_s;
    const double compute_s = decode->compute_s / batch + prefill->compute_s / row->serving.output_token;
    return larger(compute_s, (decode->weights_s + decode->kv_s) / batch) + decode->comm_s / batch;
}

static tr_status serving_bound(const tr_measured *row, tr_physics physics, double *out, tr_error *err)
{
    tr_roofline roof;
    tr_step decode, prefill;
    tr_status s = TR_OK;
    const int decodes =
        row->metric == TR_METRIC_TPOT || row->metric == TR_METRIC_GENERATE || row->metric == TR_METRIC_OUTPUT;
    const int prefills = !decodes || row->metric == TR_METRIC_OUTPUT;
    if (decodes) {
        s = tr_roofline_of(row->model, row->system, &row->dtypes, &roof, err);
        if (s == TR_OK)
            s = decode_bound(row, &roof, physics, &decode, err);
    }
    if (s == TR_OK && prefills)
        s = prefill_bound(row, physics, &prefill, err);
    if (s != TR_OK)
        return s;
    *out = row->metric == TR_METRIC_OUTPUT   ? offline_s(row, &decode, &prefill)
           : row->metric == TR_METRIC_PROMPT ? prefill.step_s / row->serving.input_token
           : prefills                        ? prefill.step_s
                                             : decode.step_s;
    return TR_OK;
}

/* ---- fitted ------------------------------------------------------------------------ */

const char *tr_engine_of(const char *written)
{
    static const char *const begins[][2] = {
        {"vllm", "vllm"},         {"sglang", "sglang"},        {"trt", "trtllm"},
        {"tensorrt", "trtllm"},   {"llama.cpp", "llamacpp"},   {"llamacpp", "llamacpp"},
        {"dynamo-trt", "trtllm"}, {"dynamo-sglang", "sglang"}, {"dynamo-vllm", "vllm"},
    };
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (tr_text_starts(written, begins[i][0]))
            return begins[i][1];
    return "";
}

tr_layout tr_layout_told(const tr_serving *serving)
{
    tr_layout y = {.tp_rank = larger(serving->tp, 1),
                   .dp_rank = larger(serving->dp, 1),
                   .ep_rank = larger(serving->ep, 1),
                   .pp_rank = larger(serving->pp, 1),
                   .replica_count = 1};
    const double group = y.tp_rank * y.dp_rank;
    if (y.ep_rank > group)
        y.ep_rank = group;
    return y;
}

tr_clients tr_clients_of(const tr_serving *load)
{
    const double cached =
        load->cached_token > 0 && load->cached_token < load->input_token ? load->cached_token : 0;
    const int apart = load->prefill_chip > 0 && load->decode_chip > 0;
    const double instances = apart ? larger(load->decode_worker, 1) : 1;
    return (tr_clients){load->concurrency_seq / instances,
                        load->input_token,
                        load->output_token,
                        cached,
                        load->request_per_s / instances,
                        apart};
}

/* An engine nobody measured on any chip gets what all engines share. */
static tr_status calibrated(const tr_measured *row, tr_calibration *out, tr_error *err)
{
    const char *engine = tr_engine_of(row->engine);
    if (tr_calibration_find(&row->system->chip, engine, out, NULL) == TR_OK)
        return TR_OK;
    return tr_calibration_find(&row->system->chip, "", out, err);
}

#define BUSY_MOST_SHARE 0.95

/* [F18] Machines of their own for prompts: a prompt's pass, its wait for those before it, its cache sent
 * over. */
static tr_status prefill_apart(const tr_measured *row, const tr_calibration *calibration, tr_service *service,
                               tr_error *err)
{
    const tr_serving *load = &row->serving;
    const double tp = larger(load->prefill_tp, 1), dp = larger(load->prefill_dp, 1);
    const tr_layout layout = {tp, dp, tp * dp, 1, 1, 0};
    tr_system system;
    tr_fitted fitted;
    tr_step pass;
    tr_status s = tr_system_of(&row->system->chip, tp * dp, &system, err);
    if (s == TR_OK)
        s = tr_fitted_of(calibration, row->model, &system, &row->dtypes, &layout, &fitted, err);
    const tr_load prompt = {TR_PHASE_PREFILL, 1, load->cached_token,
                            larger(load->input_token - load->cached_token, 1)};
    if (s == TR_OK)
        s = tr_fitted_step(&fitted, row->model, &prompt, &pass, err);
    if (s != TR_OK)
        return s;
    const double places = larger(load->prefill_worker, 1) * dp;
    const double request_s = load->output_token * service->tpot_s + service->ttft_s + pass.step_s;
    const double asked = load->concurrency_seq / request_s * pass.step_s / places;
    const double busy = asked < BUSY_MOST_SHARE ? asked : BUSY_MOST_SHARE;
    const double link =
        row->system->chip.scaleout_byte_per_s > 0 ? row->system->chip.scaleout_byte_per_s : 25e9;
    const double send_s =
        tr_model_kv_store_byte(row->model, load->input_token, fitted.roof.kv_elem_byte) / (tp * link);
    service->ttft_s += pass.step_s * (1 + busy / (2 * (1 - busy))) + send_s;
    const tr_band *band = &fitted.calibration.first[TR_DISTANCE_GENERIC]; /* no such run was fitted on */
    service->ttft_low_s = service->ttft_s * band->low_ratio;
    service->ttft_high_s = service->ttft_s * band->high_ratio;
    return TR_OK;
}

static tr_status serve(const tr_measured *row, const tr_fitted *fitted, tr_prediction *out, tr_error *err)
{
    const tr_serving *load = &row->serving;
    tr_clients clients = tr_clients_of(load);
    tr_service service;
    tr_status s = TR_OK;
    if (!(clients.concurrency_seq >= 1) && !(clients.request_per_s > 0)) {
        clients.concurrency_seq = 1; /* as many as it admits */
        s = tr_fitted_serve(fitted, row->model, &clients, &service, err);
        const double most = load->most_seq > 0 ? load->most_seq : 2048;
        clients.concurrency_seq = s == TR_OK && service.room_seq < most ? larger(1, service.room_seq) : most;
    }
    if (s == TR_OK)
        s = tr_fitted_serve(fitted, row->model, &clients, &service, err);
    if (s != TR_OK)
        return s;
    if (clients.prefill_apart && row->metric == TR_METRIC_TTFT) {
        s = prefill_apart(row, &fitted->calibration, &service, err);
        if (s != TR_OK)
            return s;
    }
    const double each_s = 1 / service.output_token_per_s;
    if (row->metric == TR_METRIC_TTFT)
        *out = (tr_prediction){service.ttft_s, service.ttft_low_s, service.ttft_high_s, 0};
    else if (row->metric == TR_METRIC_OUTPUT)
        *out = (tr_prediction){each_s, each_s * service.tpot_low_s / service.tpot_s,
                               each_s * service.tpot_high_s / service.tpot_s, 0};
    else
        *out = (tr_prediction){service.tpot_s, service.tpot_low_s, service.tpot_high_s, 0};
    return TR_OK;
}

static tr_status one_pass(const tr_measured *row, const tr_fitted *fitted, tr_prediction *out, tr_error *err)
{
    const tr_serving *load = &row->serving;
    const int prompt = row->metric == TR_METRIC_PROMPT;
    const tr_load pass = {.phase = prompt ? TR_PHASE_PREFILL : TR_PHASE_DECODE,
                          .batch_seq = 1,
                          .context_token =
                              prompt ? load->cached_token : load->input_token + load->output_token / 2,
                          .query_token = prompt ? larger(load->input_token - load->cached_token, 1) : 1};
    tr_step step;
    const tr_status s = tr_fitted_step(fitted, row->model, &pass, &step, err);
    if (s != TR_OK)
        return s;
    const double per = prompt ? load->input_token : 1;
    *out = (tr_prediction){step.step_s / per, step.low_s / per, step.high_s / per, 0};
    return TR_OK;
}

static tr_status fitted_serving(const tr_measured *row, tr_prediction *out, tr_error *err)
{
    tr_calibration calibration;
    tr_fitted fitted;
    const tr_layout layout = tr_layout_told(&row->serving);
    tr_status s = calibrated(row, &calibration, err);
    if (s == TR_OK)
        s = tr_fitted_of(&calibration, row->model, row->system, &row->dtypes, &layout, &fitted, err);
    if (s != TR_OK)
        return s;
    if (calibration.engine[0] == '\0') /* whose engine is not told may be anybody's, and years old */
        fitted.distance = TR_DISTANCE_GENERIC;
    return row->metric == TR_METRIC_GENERATE || row->metric == TR_METRIC_PROMPT
               ? one_pass(row, &fitted, out, err)
               : serve(row, &fitted, out, err);
}

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

/* Never under the bound, where that has an answer. */
static tr_status fitted_or_bound(const tr_measured *row, double bound_s, tr_prediction *out, tr_error *err)
{
    const tr_status s =
        row->metric == TR_METRIC_KERNEL ? fitted_kernel(row, out, err) : fitted_serving(row, out, err);
    if (s != TR_OK)
        return s;
    out->bound_s = bound_s;
    out->predicted_s = larger(out->predicted_s, bound_s);
    out->low_s = larger(out->low_s, bound_s);
    out->high_s = larger(out->high_s, out->predicted_s);
    return TR_OK;
}

int tr_predicts(tr_physics physics) { return physics >= TR_PHYSICS_BOUND && physics <= TR_PHYSICS_FITTED; }

static tr_status least_of(const tr_measured *row, tr_physics physics, double *out, tr_error *err)
{
    if (row->metric == TR_METRIC_WORKED) {
        *out = row->worked;
        return TR_OK;
    }
    const tr_chip *chip = &row->system->chip;
    return row->metric == TR_METRIC_KERNEL
               ? kernel_least_s(&row->kernel, chip, kernel_cache_byte(chip), out, err)
               : serving_bound(row, physics, out, err);
}

tr_status tr_predict(const tr_measured *row, tr_physics physics, tr_prediction *out, tr_error *err)
{
    double bound = 0, ops = 0;
    if (!tr_predicts(physics))
        return tr_fail(err, TR_EUNKNOWN, "physics", (double)NAN, "there is no such physics");
    tr_status s = least_of(row, TR_PHYSICS_BOUND, &bound, err);
    ops = bound;
    if (s == TR_OK && physics != TR_PHYSICS_BOUND)
        s = least_of(row, TR_PHYSICS_OPS, &ops, err);
    if (s != TR_OK)
        return s;
    ops = larger(ops, bound);
    if (physics == TR_PHYSICS_FITTED &&
        row->metric != TR_METRIC_WORKED) { /* never below what physics allows */
        s = fitted_or_bound(row, ops, out, err);
        if (s == TR_OK)
            out->bound_s = bound;
        return s;
    }
    const double least = physics == TR_PHYSICS_BOUND ? bound : ops;
    *out = (tr_prediction){least, least, least, bound};
    return TR_OK;
}
