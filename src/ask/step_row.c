/* ask/step_row.c -- fills a row of `step` and lists its fields, once for JSON, CSV and the table. */
#include "ask/step_row.h"

#include <math.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "base/fail.h"
#include "write/print.h"

static const double ROW_MAX = 1e6, STREAM_MAX = 1e15;

/* ---- loads ---------------------------------------------------------------- */

tr_status tr_loads_of(const tr_scenario *scenario, const tr_style *style, tr_loads *out, tr_error *err)
{
    tr_loads loads = {.scenario = scenario};
    loads.batch_seq = tr_input_list(scenario, TR_IN_BATCH, &loads.batch_count);
    loads.context_token = tr_input_list(scenario, TR_IN_CONTEXT, &loads.context_count);
    loads.query_token = tr_input_list(scenario, TR_IN_QUERY, &loads.query_count);
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
    const double query_token = loads->query_token[outer % loads->query_count];
    return (tr_load){.phase = tr_problem_phase(loads->scenario, query_token),
                     .batch_seq = loads->batch_seq[index % loads->batch_count],
                     .context_token = loads->context_token[outer / loads->query_count],
                     .query_token = query_token};
}

int tr_loads_have(const tr_loads *loads, tr_phase phase)
{
    for (size_t i = 0; i < loads->query_count; i++)
        if (tr_problem_phase(loads->scenario, loads->query_token[i]) == phase)
            return 1;
    return 0;
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
                     .host_s = none,
                     .crossing_s = none,
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
    row->balance_batch_seq = decode ? tr_problem_balance_batch_seq(row->question, load->context_token) : (double)NAN;
    row->max_batch_seq = tr_shard_max_batch_seq(&row->question->shard, tr_held_token(load));
    row->weight_intensity_flop_per_byte =
        tr_weight_intensity_flop_per_byte(roof, load->batch_seq * (decode ? 1 : load->query_token));
    row->attention_intensity_flop_per_byte = tr_attention_intensity_flop_per_byte(roof, load->context_token);
}

/* What is predicted, where the row fits, or why nothing is. */
static void predict(tr_step_row *row)
{
    const tr_problem *question = row->question;
    row->predicted = no_step();
    if (!row->fits || question->blackboard)
        return;
    row->is_predicted =
        tr_problem_step(question, TR_PHYSICS_FITTED, &row->load, &row->predicted, &row->why) == TR_OK;
}

tr_step_row tr_step_row_none(const tr_problem *question, const tr_load *load, const tr_error *why)
{
    return (tr_step_row){.question = question,
                         .load = *load,
                         .why = *why,
                         .step = no_step(),
                         .bound = no_step(),
                         .predicted = no_step(),
                         .drafts = tr_no_drafts()};
}

tr_status tr_step_row_bound(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err)
{
    tr_step_row row = {.question = question, .load = *load};
    tr_pass pass;
    tr_status s = tr_problem_pass(question, load, &pass, err);
    if (s == TR_OK)
        s = tr_bound_pass(&question->roof, &pass, &row.step, err);
    if (s != TR_OK)
        return s;
    row.bound = row.step;
    row.fits = tr_check_fits(question, load->batch_seq, tr_held_token(load), &row.why) == TR_OK;
    predict(&row);
    add_marks(&row);
    row.drafts = tr_no_drafts();
    *out = row;
    return TR_OK;
}

void tr_step_row_by_physics(tr_step_row *row)
{
    const tr_physics physics = row->question->physics;
    if (physics == TR_PHYSICS_BOUND)
        return;
    if (physics == TR_PHYSICS_FITTED)
        row->step = row->predicted;
    else if (!row->fits || tr_problem_step(row->question, physics, &row->load, &row->step, NULL) != TR_OK)
        row->step = no_step();
}

tr_status tr_step_row_of(const tr_problem *question, const tr_load *load, tr_step_row *out, tr_error *err)
{
    tr_step_row row = {.question = question, .load = *load, .step = no_step(), .bound = no_step()};
    row.fits = tr_check_fits(question, load->batch_seq, tr_held_token(load), &row.why) == TR_OK;
    predict(&row);
    tr_status s = row.fits ? tr_problem_step(question, TR_PHYSICS_BOUND, load, &row.bound, err) : TR_OK;
    if (s == TR_OK && row.is_predicted && question->physics == TR_PHYSICS_FITTED)
        row.step = row.predicted;
    else if (s == TR_OK && row.fits)
        s = tr_problem_step(question, question->physics, load, &row.step, err);
    if (s != TR_OK)
        return s;
    add_marks(&row);
    row.drafts = tr_no_drafts();
    if (row.fits)
        tr_drafts_of_step(question, load, &row.drafts);
    *out = row;
    return TR_OK;
}

/* ---- predicted, beside the bound ---------------------------------------------- */

tr_quantity tr_step_row_time_s(const tr_step_row *row)
{
    const tr_step *p = &row->predicted;
    return (tr_quantity){p->step_s, p->low_s, p->high_s, row->bound.step_s};
}

/* A rate is high where the time is low. */
static tr_quantity rate_of(const tr_step *predicted, double rate, double bound)
{
    return (tr_quantity){rate, rate * (predicted->step_s / predicted->high_s),
                         rate * (predicted->step_s / predicted->low_s), bound};
}

tr_quantity tr_step_row_token_per_s(const tr_step_row *row)
{
    return rate_of(&row->predicted, row->predicted.token_per_s, row->bound.token_per_s);
}

tr_quantity tr_step_row_token_per_s_per_seq(const tr_step_row *row)
{
    return rate_of(&row->predicted, row->predicted.token_per_s_per_seq, row->bound.token_per_s_per_seq);
}

tr_quantity tr_step_row_usd_per_mtoken(const tr_step_row *row)
{
    const tr_step *p = &row->predicted;
    if (!(row->question->roof.usd_per_s > 0.0))
        return TR_NO_QUANTITY;
    return (tr_quantity){p->usd_per_mtoken, p->usd_per_mtoken * (p->low_s / p->step_s),
                         p->usd_per_mtoken * (p->high_s / p->step_s), row->bound.usd_per_mtoken};
}

void tr_step_row_print(const tr_step_row *row, tr_writer *out)
{
    const tr_quantity time_s = tr_step_row_time_s(row), cost_usd = tr_step_row_usd_per_mtoken(row);
    const tr_quantity all = tr_step_row_token_per_s(row), each = tr_step_row_token_per_s_per_seq(row);
    if (!row->is_predicted)
        return;
    tr_print_predicted_head(out);
    tr_print_predicted(out, row->load.phase == TR_PHASE_DECODE ? "one decode step" : "one prefill pass", &time_s,
                       TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "tokens/s per sequence", &each, TR_UNIT_NONE, NULL);
    tr_print_predicted(out, "tokens/s, all", &all, TR_UNIT_NONE, NULL);
    tr_drafts_print(&row->drafts, out);
    if (row->question->roof.usd_per_s > 0.0)
        tr_print_predicted(out, "$ per million tokens", &cost_usd, TR_UNIT_USD, NULL);
}

#define PASS(NAME, VALUE)                                                                                  \
    double NAME(const void *p)                                                                             \
    {                                                                                                      \
        const tr_step_row *row = p;                                                                        \
        return VALUE;                                                                                      \
    }
/* By the physics asked for, and what stands beside it. */
#define BESIDE(NAME, ASKED, QUANTITY)                                                                      \
    PASS(NAME, ASKED)                                                                                      \
    PASS(NAME##_bound, (QUANTITY).bound) PASS(NAME##_low, (QUANTITY).low) PASS(NAME##_high, (QUANTITY).high)
BESIDE(tr_pass_time, row->step.step_s, tr_step_row_time_s(row))
PASS(tr_pass_time_predicted, row->predicted.step_s)
BESIDE(tr_pass_rate, row->step.token_per_s, tr_step_row_token_per_s(row))
BESIDE(tr_pass_each, row->step.token_per_s_per_seq, tr_step_row_token_per_s_per_seq(row))
BESIDE(tr_pass_cost, row->question->roof.usd_per_s > 0 ? row->step.usd_per_mtoken : (double)NAN,
       tr_step_row_usd_per_mtoken(row))
BESIDE(tr_pass_mfu, row->step.mfu, rate_of(&row->predicted, row->predicted.mfu, row->bound.mfu))
BESIDE(tr_pass_mbu, row->step.mbu, rate_of(&row->predicted, row->predicted.mbu, row->bound.mbu))

const char *tr_pass_limited_by(const void *p)
{
    const tr_step_row *row = p;
    return row->fits ? tr_limit_name(row->step.limit) : NULL;
}

/* ---- its fields ----------------------------------------------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_step_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_step_row, NAME, VALUE)

NUMBER(model_total, row->question->model->total_param)
NUMBER(model_active, row->question->model->active_param)
NUMBER(model_weight, row->question->roof.weight_byte)
NUMBER(model_kv, row->question->roof.kv_byte_per_token)
TEXT(model_weight_dtype, tr_question_weights(row->question))
TEXT(model_kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(model_stored, row->question->roof.store_weight_byte)
NUMBER(system_chips, row->question->system->chip_count)
TEXT(system_math, tr_dtype_name(row->question->roof.math_dtype))
NUMBER(system_flop, row->question->roof.flop_per_s)
NUMBER(system_bandwidth, row->question->roof.byte_per_s)
NUMBER(system_memory, row->question->roof.memory_byte)
TEXT(calibration, row->question->blackboard ? NULL : row->question->calibration.origin)
TEXT(distance, row->question->blackboard ? NULL : tr_distance_name(row->question->distance))
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
NUMBER(host, row->step.host_s)
NUMBER(crossing, row->step.crossing_s)
TEXT(limit_for_people, row->fits ? tr_limit_name(row->step.limit) : "no fit")
NUMBER(rate_chip, row->step.token_per_s_per_chip)
NUMBER(floor_time, row->floor_s)
NUMBER(balance, row->balance_batch_seq)
NUMBER(max_batch, row->max_batch_seq)
NUMBER(intensity, row->step.intensity_flop_per_byte)
NUMBER(ridge, row->ridge_flop_per_byte)
NUMBER(weight_intensity, row->weight_intensity_flop_per_byte)
NUMBER(attention_intensity, row->attention_intensity_flop_per_byte)
NUMBER(draft, row->question->formats.draft_token)
NUMBER(accept, row->question->accept_share)
NUMBER(token_per_step, row->question->token_per_step)
TR_DRAFT_GETTERS(tr_step_row, row->drafts)
TR_FLAG(tr_step_row, fits, row->fits)
TEXT(reason, row->fits && (row->is_predicted || row->question->blackboard) ? NULL : row->why.text)

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
    TR_QUESTION_PRICE,
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
    TR_N("terms.host_s", SECOND, host),
    TR_N("terms.crossing_s", SECOND, crossing),
    TR_N_HEAD("step_s", SECOND, "step", 9, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T("limited_by", tr_pass_limited_by),
    TR_T_HEAD(NULL, "limited by", 10, limit_for_people),
    TR_N_HEAD("token_per_s", NONE, "token/s", 9, tr_pass_rate),
    TR_PASS_RATE_BESIDE,
    TR_N_HEAD("token_per_s_per_seq", NONE, "per seq", 9, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N("token_per_s_per_chip", TOKEN_PER_S, rate_chip),
    TR_N_HEAD("usd_per_mtoken", USD_PER_MTOKEN, "cost", 10, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_PASS_USE,
    TR_N("floor_s", SECOND, floor_time),
    TR_N("balance_batch_seq", SEQ, balance),
    TR_N("max_batch_seq", SEQ, max_batch),
    TR_N("intensity_flop_per_byte", FLOP_PER_BYTE, intensity),
    TR_N("ridge_flop_per_byte", FLOP_PER_BYTE, ridge),
    TR_N("weight_intensity_flop_per_byte", FLOP_PER_BYTE, weight_intensity),
    TR_N("attention_intensity_flop_per_byte", FLOP_PER_BYTE, attention_intensity),
    TR_N("draft_token", NONE, draft),
    TR_N("accept_share", RATIO, accept),
    TR_N("token_per_step", NONE, token_per_step),
    TR_DRAFT_FIELDS,
    TR_F("fits", fits),
    TR_T("reason", reason),
    TR_T("calibration", calibration),
    TR_T("distance", distance),
    TR_QUESTION_HOST,
};

const tr_fields tr_step_fields = {fields, sizeof fields / sizeof fields[0]};

#define LOAD                                                                                               \
    TR_N_HEAD("query_token", CONTEXT, "query", 6, query),                                                  \
        TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch),                                                    \
        TR_N_HEAD("context_token", CONTEXT, "context", 7, context)
#define RESULTS                                                                                            \
    TR_T_HEAD("limited_by", "limited by", 10, limit_for_people),                                           \
        TR_N_HEAD("token_per_s", NONE, "token/s", 9, tr_pass_rate),                                        \
        TR_N_HEAD("token_per_s_per_seq", NONE, "per seq", 9, tr_pass_each),                                \
        TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost)
/* What a reader compares: the three readings of the time, then what follows from the one asked for. */
static const tr_field columns[] = {
    LOAD,
    TR_PASS_TIME_HEADS,
    RESULTS,
};
/* The same of numbers alone, of which nothing is predicted. */
static const tr_field bound_columns[] = {
    LOAD,
    TR_N_HEAD("terms.compute_s", SECOND, "compute", 8, compute),
    TR_N_HEAD("terms.weights_s", SECOND, "weights", 8, weights),
    TR_N_HEAD("terms.kv_s", SECOND, "kv", 8, kv),
    TR_N_HEAD("step_s", SECOND, "step", 8, tr_pass_time),
    RESULTS,
};

const tr_fields *tr_step_columns(const tr_problem *question, int with_query)
{
    static const tr_fields some[3] = {{columns + 1, sizeof columns / sizeof columns[0] - 1},
                                      {columns, sizeof columns / sizeof columns[0]},
                                      {bound_columns, sizeof bound_columns / sizeof bound_columns[0]}};
    return !question->blackboard ? &some[with_query] : with_query ? &some[2] : &tr_step_fields;
}

const size_t tr_step_shared_count = 21;
