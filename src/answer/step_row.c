/* answer/step_row.c -- fills a row of `step` and lists its fields, once for JSON, CSV and the table. */
#include "answer/step_row.h"

#include <math.h>

#include "base/fail.h"

enum { ROW_MAX = 1000000 };

/* ---- loads ---------------------------------------------------------------- */

tr_status tr_loads_of(const tr_scenario *scenario, tr_loads *out, tr_error *err)
{
    static const double one = 1;
    tr_loads loads = {.phase = (tr_phase)tr_scenario_choice(scenario, "phase")};
    loads.batch_seq = tr_scenario_list(scenario, "batch_seq", &loads.batch_count);
    loads.context_token = tr_scenario_list(scenario, "context_token", &loads.context_count);
    loads.query_token = tr_scenario_list(scenario, "query_token", &loads.query_count);
    if (loads.phase == TR_PHASE_DECODE) { /* a decode step has one new token whatever query says */
        loads.query_token = &one;
        loads.query_count = 1;
    }
    const double rows = (double)loads.batch_count * (double)loads.context_count * (double)loads.query_count;
    if (rows > ROW_MAX)
        return tr_fail(err, TR_ECAPACITY, "batch_seq", rows, "the lists make more than a million rows");
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

tr_status tr_step_row_of(const tr_case *question, const tr_load *load, tr_step_row *out, tr_error *err)
{
    const tr_roofline *roof = &question->roof;
    const tr_model *model = &question->model;
    const int decode = load->phase == TR_PHASE_DECODE;
    tr_step_row row = {.question = question, .load = *load, .fits = 1};
    const tr_status s = tr_bound_step(roof, model, load, &row.step, &row.why);
    if (s == TR_ENOFIT) {
        row.fits = 0;
        row.step = no_step();
    } else if (s != TR_OK) {
        if (err != NULL)
            *err = row.why;
        return s;
    }
    const double cached_token = load->context_token + (decode ? 0 : load->query_token);
    row.floor_s = tr_floor_s(roof);
    row.ridge_flop_per_byte = tr_ridge_flop_per_byte(roof);
    row.balance_batch_seq = decode ? tr_balance_batch_seq(roof, model, load->context_token) : (double)NAN;
    row.max_batch_seq = tr_max_batch_seq(roof, model, cached_token);
    row.weight_intensity_flop_per_byte =
        tr_weight_intensity_flop_per_byte(roof, load->batch_seq * (decode ? 1 : load->query_token));
    row.attention_intensity_flop_per_byte =
        tr_attention_intensity_flop_per_byte(roof, model, load->context_token);
    *out = row;
    return TR_OK;
}

/* ---- its fields ----------------------------------------------------------- */

#define NUMBER(NAME, VALUE)                                                                                  \
    static double NAME(const void *p)                                                                        \
    {                                                                                                        \
        const tr_step_row *row = p;                                                                          \
        return VALUE;                                                                                        \
    }
#define TEXT(NAME, VALUE)                                                                                    \
    static const char *NAME(const void *p)                                                                   \
    {                                                                                                        \
        const tr_step_row *row = p;                                                                          \
        return VALUE;                                                                                        \
    }

TEXT(model_name, row->question->model.name)
NUMBER(model_total, row->question->model.total_param)
NUMBER(model_active, row->question->model.active_param)
NUMBER(model_weight, row->question->roof.weight_byte)
NUMBER(model_kv, row->question->roof.kv_byte_per_token)
TEXT(model_weight_dtype, tr_dtype_name(row->question->roof.weight_dtype))
TEXT(model_kv_dtype, tr_dtype_name(row->question->roof.kv_dtype))
NUMBER(model_stored, row->question->roof.store_weight_byte)
TEXT(system_name, row->question->system.name)
NUMBER(system_chips, row->question->system.chip_count)
TEXT(system_math, tr_dtype_name(row->question->roof.math_dtype))
NUMBER(system_flop, row->question->roof.flop_per_s)
NUMBER(system_bandwidth, row->question->roof.byte_per_s)
NUMBER(system_memory, row->question->roof.memory_byte)
NUMBER(system_price, row->question->roof.usd_per_s > 0 ? row->question->system.usd_per_hour : (double)NAN)
/* The bound pools all chips, as if every matrix were split over them for free. */
NUMBER(layout_tp, row->question->system.chip_count)
static double layout_one(const void *p) { return (void)p, 1; }
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
TEXT(bound, row->fits ? tr_bound_name(row->step.bound) : NULL)
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
static int fits(const void *p) { return ((const tr_step_row *)p)->fits; }
TEXT(reason, row->fits ? NULL : row->why.text)

#define N(PATH, UNIT, READ)                                                                                  \
    {                                                                                                        \
        PATH, TR_UNIT_##UNIT, NULL, 0, READ, NULL, NULL                                                      \
    }
#define N_HEAD(PATH, UNIT, HEAD, WIDTH, READ)                                                                \
    {                                                                                                        \
        PATH, TR_UNIT_##UNIT, HEAD, WIDTH, READ, NULL, NULL                                                  \
    }
#define T(PATH, READ)                                                                                        \
    {                                                                                                        \
        PATH, TR_UNIT_NONE, NULL, 0, NULL, READ, NULL                                                        \
    }
#define T_HEAD(PATH, HEAD, WIDTH, READ)                                                                      \
    {                                                                                                        \
        PATH, TR_UNIT_NONE, HEAD, WIDTH, NULL, READ, NULL                                                    \
    }

static const tr_field fields[] = {
    T("model.name", model_name),
    N("model.total_param", PARAM, model_total),
    N("model.active_param", PARAM, model_active),
    N("model.weight_byte", BYTE, model_weight),
    N("model.kv_byte_per_token", BYTE, model_kv),
    T("model.weight_dtype", model_weight_dtype),
    T("model.kv_dtype", model_kv_dtype),
    N("model.stored_weight_byte", BYTE, model_stored),
    T("system.name", system_name),
    N("system.chip_count", NONE, system_chips),
    T("system.math_dtype", system_math),
    N("system.flop_per_s", FLOP_PER_S, system_flop),
    N("system.byte_per_s", BYTE_PER_S, system_bandwidth),
    N("system.memory_byte", BYTE, system_memory),
    N("system.usd_per_hour", USD_PER_HOUR, system_price),
    N("layout.tp", NONE, layout_tp),
    N("layout.ep", NONE, layout_one),
    N("layout.pp", NONE, layout_one),
    N("layout.dp", NONE, layout_one),
    /* From here on a row's own. */
    N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    N_HEAD("context_token", CONTEXT, "context", 8, context),
    N("query_token", CONTEXT, query),
    T("phase", phase),
    T("physics", physics),
    N_HEAD("terms.compute_s", SECOND, "compute", 9, compute),
    N_HEAD("terms.weights_s", SECOND, "weights", 9, weights),
    N_HEAD("terms.kv_s", SECOND, "kv", 9, kv),
    N("terms.comm_s", SECOND, comm),
    N("terms.fixed_s", SECOND, fixed),
    N_HEAD("step_s", SECOND, "step", 9, step),
    N("low_s", SECOND, low),
    N("high_s", SECOND, high),
    T_HEAD("bound", "bound", 7, bound),
    N_HEAD("token_per_s", TOKEN_PER_S, "all", 15, rate),
    N_HEAD("token_per_s_per_seq", TOKEN_PER_S, "each", 15, rate_seq),
    N("token_per_s_per_chip", TOKEN_PER_S, rate_chip),
    N_HEAD("usd_per_mtoken", USD_PER_MTOKEN, "cost", 10, cost),
    N("mfu", RATIO, mfu),
    N("mbu", RATIO, mbu),
    N("floor_s", SECOND, floor_time),
    N("balance_batch_seq", SEQ, balance),
    N("max_batch_seq", SEQ, max_batch),
    N("intensity_flop_per_byte", FLOP_PER_BYTE, intensity),
    N("ridge_flop_per_byte", FLOP_PER_BYTE, ridge),
    N("weight_intensity_flop_per_byte", FLOP_PER_BYTE, weight_intensity),
    N("attention_intensity_flop_per_byte", FLOP_PER_BYTE, attention_intensity),
    {"fits", TR_UNIT_NONE, NULL, 0, NULL, NULL, fits},
    T("reason", reason),
};

const tr_fields tr_step_fields = {fields, sizeof fields / sizeof fields[0]};
const size_t tr_step_shared_count = 19;
