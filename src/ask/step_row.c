/* ask/step_row.c -- fills a row of `step` and lists its fields, once for JSON, CSV and the table. */
#include "ask/step_row.h"

#include <math.h>

#include "ask/asked.h"
#include "base/fail.h"

static const double ROW_MAX = 1e6, STREAM_MAX = 1e15;

/* ---- loads ---------------------------------------------------------------- */

tr_status tr_loads_of(const tr_scenario *scenario, const tr_style *style, tr_loads *out, tr_error *err)
{
    static const double one = 1;
    tr_loads loads = {.phase = (tr_phase)tr_input_choice(scenario, TR_IN_PHASE)};
    loads.batch_seq = tr_input_list(scenario, TR_IN_BATCH, &loads.batch_count);
    loads.context_token = tr_input_list(scenario, TR_IN_CONTEXT, &loads.context_count);
    loads.query_token = tr_input_list(scenario, TR_IN_QUERY, &loads.query_count);
    if (loads.phase == TR_PHASE_DECODE) { /* a decode step has one new token whatever query says */
        loads.query_token = &one;
        loads.query_count = 1;
    }
    const double rows = (double)loads.batch_count * (double)loads.context_count * (double)loads.query_count;
    const int streams = style->format == TR_FORMAT_CSV || style->format == TR_FORMAT_JSONL;
    if (rows > (streams ? STREAM_MAX : ROW_MAX))
        return tr_fail(err, TR_ECAPACITY, "batch_seq", rows, "the lists make more than %s",
                       streams ? "1e15 rows" : "a million rows: --csv and --jsonl write any number");
    loads.count = loads.batch_count * loads.context_count * loads.query_count;
    *out = loads;
    return TR_OK;
}

tr_load tr_loads_at(const tr_loads *loads, size_t index)
{
    const size_t outer = index / loads->batch_count;
    return (tr_load){.phase = loads->phase,
                     .batch_seq = loads->batch_seq[index % loads->batch_count],
                     .context_token = loads->context_token[outer / loads->query_count],
                     .query_token = loads->query_token[outer % loads->query_count]};
}

/* ---- the row -------------------------------------------------------------- */

static tr_step no_step(void)
{
    const double none = (double)NAN;
    return (tr_step){.compute_s = none,
                     .weights_s = none,
                     .kv_s = none,
                     .comm_s = none,
                     .fixed_s = none,
                     .step_s = none,
                     .low_s = none,
                     .high_s = none,
                     .token_per_s = none,
                     .token_per_s_per_seq = none,
                     .token_per_s_per_chip = none,
                     .usd_per_mtoken = none,
                     .mfu = none,
                     .mbu = none,
                     .intensity_flop_per_byte = none,
                     .flop = none,
                     .weight_read_byte = none,
                     .kv_read_byte = none};
}

/* Times that do not depend on whether the load fits. */
static void add_marks(tr_step_row *row)
{
    const tr_load *load = &row->load;
    const tr_roofline *roof = &row->question->roof;
    const int decode = load->phase == TR_PHASE_DECODE;
    row->floor_s = tr_floor_s(roof);
    row->ridge_flop_per_byte = tr_ridge_flop_per_byte(roof);
    row->balance_batch_seq = decode ? tr_balance_batch_seq(roof, load->context_token) : (double)NAN;
    row->max_batch_seq = tr_shard_max_batch_seq(&row->question->shard, tr_held_token(load));
    row->weight_intensity_flop_per_byte =
        tr_weight_intensity_flop_per_byte(roof, load->batch_seq * (decode ? 1 : load->query_token));
    row->attention_intensity_flop_per_byte = tr_attention_intensity_flop_per_byte(roof, load->context_token);
}

tr_status tr_step_row_bound(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err)
{
    tr_step_row row = {.question = question, .load = *load, .expected = no_step()};
    const tr_status s = tr_bound_step(&question->roof, load, &row.step, err);
    if (s != TR_OK)
        return s;
    row.fits = tr_check_fits(question, load->batch_seq, tr_held_token(load), &row.why) == TR_OK;
    add_marks(&row);
    *out = row;
    return TR_OK;
}

tr_status tr_step_row_of(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err)
{
    tr_step_row row = {.question = question, .load = *load, .step = no_step(), .expected = no_step()};
    tr_status s = tr_check_fits(question, load->batch_seq, tr_held_token(load), &row.why);
    row.fits = s == TR_OK;
    if (row.fits)
        s = tr_problem_step(question, question->physics, load, &row.step, err);
    if (s != TR_OK && row.fits)
        return s;
    row.beside = !question->blackboard && row.fits;
    if (row.beside && question->physics == TR_PHYSICS_FITTED)
        row.expected = row.step;
    row.predicted =
        row.beside && (question->physics == TR_PHYSICS_FITTED ||
                       tr_problem_step(question, TR_PHYSICS_FITTED, load, &row.expected, &row.why) == TR_OK);
    add_marks(&row);
    *out = row;
    return TR_OK;
}

/* ---- its fields ----------------------------------------------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_step_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_step_row, NAME, VALUE)

NUMBER(model_total, row->question->model->total_param)
NUMBER(model_active, row->question->model->active_param)
NUMBER(model_weight, row->question->roof.weight_byte)
NUMBER(model_kv, row->question->roof.kv_byte_per_token)
TEXT(model_weight_dtype, tr_dtype_name(row->question->roof.weight_dtype))
TEXT(model_kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(model_stored, row->question->roof.store_weight_byte)
NUMBER(system_chips, row->question->system->chip_count)
TEXT(system_math, tr_dtype_name(row->question->roof.math_dtype))
NUMBER(system_flop, row->question->roof.flop_per_s)
NUMBER(system_bandwidth, row->question->roof.byte_per_s)
NUMBER(system_memory, row->question->roof.memory_byte)
NUMBER(system_price, row->question->roof.usd_per_s > 0 ? row->question->system->usd_per_hour : (double)NAN)
static const char *said(const char *text) { return text[0] != '\0' ? text : NULL; }
TEXT(system_price_kind, said(tr_price_kind_name(row->question->system->price_kind)))
TEXT(system_price_date, said(row->question->system->price_date))
static int is_fitted(const tr_step_row *row) { return row->question->physics == TR_PHYSICS_FITTED; }
TEXT(calibration, is_fitted(row) ? row->question->calibration.origin : NULL)
TEXT(distance, is_fitted(row) ? tr_distance_name(row->question->distance) : NULL)
TEXT(expected_physics, row->beside ? tr_physics_name(TR_PHYSICS_FITTED) : NULL)
TEXT(expected_calibration, row->beside ? row->question->calibration.origin : NULL)
TEXT(expected_distance, row->beside ? tr_distance_name(row->question->distance) : NULL)
NUMBER(expected_step, row->expected.step_s)
NUMBER(expected_low, row->expected.low_s)
NUMBER(expected_high, row->expected.high_s)
TEXT(expected_reason, row->beside && !row->predicted ? row->why.text : NULL)
NUMBER(batch, row->load.batch_seq)
NUMBER(context, row->load.context_token)
NUMBER(query, row->load.query_token)
TEXT(phase, tr_phase_name(row->load.phase))
TEXT(physics, tr_physics_name(row->question->physics))
NUMBER(compute, row->step.compute_s)
NUMBER(weights, row->step.weights_s)
NUMBER(kv, row->step.kv_s)
NUMBER(comm, row->step.comm_s)
NUMBER(fixed, row->step.fixed_s)
NUMBER(step, row->step.step_s)
NUMBER(low, row->step.low_s)
NUMBER(high, row->step.high_s)
TEXT(bound, row->fits ? tr_limit_name(row->step.limit) : NULL)
TEXT(bound_for_people, row->fits ? tr_limit_name(row->step.limit) : "no fit")
NUMBER(rate, row->step.token_per_s)
NUMBER(rate_seq, row->step.token_per_s_per_seq)
NUMBER(rate_chip, row->step.token_per_s_per_chip)
NUMBER(cost, row->question->roof.usd_per_s > 0 ? row->step.usd_per_mtoken : (double)NAN)
NUMBER(mfu, row->step.mfu)
NUMBER(mbu, row->step.mbu)
NUMBER(floor_time, row->floor_s)
NUMBER(balance, row->balance_batch_seq)
NUMBER(max_batch, row->max_batch_seq)
NUMBER(intensity, row->step.intensity_flop_per_byte)
NUMBER(ridge, row->ridge_flop_per_byte)
NUMBER(weight_intensity, row->weight_intensity_flop_per_byte)
NUMBER(attention_intensity, row->attention_intensity_flop_per_byte)
TR_FLAG(tr_step_row, fits, row->fits)
TEXT(reason, row->fits ? NULL : row->why.text)

static const tr_field fields[] = {
    TR_T("model.name", tr_question_model),
    TR_N("model.total_param", PARAM, model_total),
    TR_N("model.active_param", PARAM, model_active),
    TR_N("model.weight_byte", BYTE, model_weight),
    TR_N("model.kv_byte_per_token", BYTE, model_kv),
    TR_T("model.weight_dtype", model_weight_dtype),
    TR_T("model.kv_dtype", model_kv_dtype),
    TR_N("model.stored_weight_byte", BYTE, model_stored),
    TR_T("system.name", tr_question_system),
    TR_N("system.chip_count", NONE, system_chips),
    TR_T("system.math_dtype", system_math),
    TR_N("system.flop_per_s", FLOP_PER_S, system_flop),
    TR_N("system.byte_per_s", BYTE_PER_S, system_bandwidth),
    TR_N("system.memory_byte", BYTE, system_memory),
    TR_N("system.usd_per_hour", USD_PER_HOUR, system_price),
    TR_T("system.price_kind", system_price_kind),
    TR_T("system.price_date", system_price_date),
    TR_QUESTION_LAYOUT,
    /* From here on a row's own. */
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 8, context),
    TR_N("query_token", CONTEXT, query),
    TR_T("phase", phase),
    TR_T("physics", physics),
    TR_N_HEAD("terms.compute_s", SECOND, "compute", 9, compute),
    TR_N_HEAD("terms.weights_s", SECOND, "weights", 9, weights),
    TR_N_HEAD("terms.kv_s", SECOND, "kv", 9, kv),
    TR_N("terms.comm_s", SECOND, comm),
    TR_N("terms.fixed_s", SECOND, fixed),
    TR_N_HEAD("step_s", SECOND, "step", 9, step),
    TR_N("low_s", SECOND, low),
    TR_N("high_s", SECOND, high),
    TR_T("bound", bound),
    TR_T_HEAD(NULL, "bound", 7, bound_for_people),
    TR_N_HEAD("token_per_s", NONE, "token/s", 9, rate),
    TR_N_HEAD("token_per_s_per_seq", NONE, "per seq", 9, rate_seq),
    TR_N("token_per_s_per_chip", TOKEN_PER_S, rate_chip),
    TR_N_HEAD("usd_per_mtoken", USD_PER_MTOKEN, "cost", 10, cost),
    TR_N("mfu", RATIO, mfu),
    TR_N("mbu", RATIO, mbu),
    TR_N("floor_s", SECOND, floor_time),
    TR_N("balance_batch_seq", SEQ, balance),
    TR_N("max_batch_seq", SEQ, max_batch),
    TR_N("intensity_flop_per_byte", FLOP_PER_BYTE, intensity),
    TR_N("ridge_flop_per_byte", FLOP_PER_BYTE, ridge),
    TR_N("weight_intensity_flop_per_byte", FLOP_PER_BYTE, weight_intensity),
    TR_N("attention_intensity_flop_per_byte", FLOP_PER_BYTE, attention_intensity),
    TR_F("fits", fits),
    TR_T("reason", reason),
    TR_T("calibration", calibration),
    TR_T("distance", distance),
    TR_T("expected.physics", expected_physics),
    TR_T("expected.calibration", expected_calibration),
    TR_T("expected.distance", expected_distance),
    TR_N("expected.step_s", SECOND, expected_step),
    TR_N("expected.low_s", SECOND, expected_low),
    TR_N("expected.high_s", SECOND, expected_high),
    TR_T("expected.reason", expected_reason),
};

const tr_fields tr_step_fields = {fields, sizeof fields / sizeof fields[0]};
const size_t tr_step_shared_count = 21;
