/* ask/menu.c -- the answer of `menu`: modes and speeds with their batches and prices, and a fast mode's ratios. */
#include <tokenroof/ask.h>
#include <tokenroof/price.h>

#include <math.h>
#include <stdio.h>

#include "ask/report.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct menu_row {
    tr_step_row pass;                /* first: its question names the row */
    const char *mode;                /* "fast", "normal", "slow", "practice", "full", "speed" */
    double wanted_token_per_s;       /* NaN but for "speed" */
    char words[24];                  /* the mode for people: "50/s" */
    int reached;
    tr_error why;                    /* why not */
    double speed_ratio, price_ratio; /* by the physics asked for, against normal, or full where that does not fit; NaN
                                        where there is none */
    double bound_speed_ratio, bound_price_ratio; /* against normal */
} menu_row;

typedef struct menu {
    const tr_scenario *scenario;
    const tr_problem *question;
    tr_report report;
    const double *speed_token_per_s;
    size_t speed_count;
    int has_full;            /* normal does not fit, and nothing is predicted of it: the largest that fits stands in */
    double margin_ratio;     /* of the batch in practice over the balance */
    int has_ratio;
    double price_ratio, speed_ratio;
    tr_menu_ratio ratio;
    int possible;
    tr_error why_not;
    double fast_batch_seq, normal_batch_seq;
    menu_row row;
} menu;

/* The largest whole batch whose sequences still get token_per_s by the physics asked for: steps only grow with it. */
static tr_status batch_for_speed(const menu *m, double token_per_s, double *batch_seq, tr_error *err)
{
    const tr_problem *q = m->question;
    tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = 1, .context_token = m->report.context_token, .query_token = 1};
    tr_step step;
    if (q->physics == TR_PHYSICS_BOUND)
        return tr_batch_for_speed(&q->roof, &q->shard, load.context_token, token_per_s, batch_seq, err);
    tr_status s = tr_problem_step(q, q->physics, &load, &step, err);
    if (s != TR_OK)
        return s;
    if (!(step.token_per_s_per_seq >= token_per_s))
        return tr_fail(err, TR_ENOFIT, "token_per_s", token_per_s,
                       "one sequence alone gets %.4g tokens/s as predicted: no batch reaches %.4g",
                       step.token_per_s_per_seq, token_per_s);
    double low = 1.0, high = m->report.hold.max_batch_seq < 1e9 ? m->report.hold.max_batch_seq : 1e9;
    while (s == TR_OK && low < high) {
        load.batch_seq = low + floor((high - low + 1.0) / 2.0);
        s = tr_problem_step(q, q->physics, &load, &step, err);
        if (step.token_per_s_per_seq >= token_per_s)
            low = load.batch_seq;
        else
            high = load.batch_seq - 1.0;
    }
    *batch_seq = low;
    return s;
}

static tr_status speed_row(menu *m, double token_per_s, menu_row *row, tr_error *err)
{
    tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = 1, .context_token = m->report.context_token, .query_token = 1};
    const tr_status s = batch_for_speed(m, token_per_s, &load.batch_seq, &row->why);
    row->reached = s == TR_OK;
    if (s != TR_OK && s != TR_ENOFIT) {
        if (err != NULL)
            *err = row->why;
        return s;
    }
    const tr_status passed = tr_step_row_bound(m->question, &load, &row->pass, err);
    if (s != TR_OK)
        row->pass.load.batch_seq = (double)NAN;
    return passed;
}

/* What is run in practice: so many times the balance, where arrivals that vary still find it filled. */
static tr_status practice_row(const menu *m, menu_row *row, tr_error *err)
{
    tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = 1, .context_token = m->report.context_token, .query_token = 1};
    load.batch_seq = floor(m->report.normal_batch_seq * m->margin_ratio);
    if (!(load.batch_seq >= 1.0))
        load.batch_seq = 1.0;
    const tr_status s = tr_step_row_bound(m->question, &load, &row->pass, err);
    row->reached = s == TR_OK && row->pass.fits;
    if (s == TR_OK && !row->pass.fits)
        row->why = row->pass.why;
    return s;
}

/* The largest batch that fits. */
static tr_status full_row(const menu *m, tr_step_row *out, tr_error *err)
{
    const tr_load load = {TR_PHASE_DECODE, m->report.hold.max_batch_seq, m->report.context_token, 1.0};
    return tr_step_row_bound(m->question, &load, out, err);
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    menu *m = context;
    menu_row *row = &m->row;
    tr_step_row normal = m->report.point[1].row;
    const size_t first_speed = TR_REPORT_POINTS + 1 + (size_t)m->has_full;
    if (m->has_full && full_row(m, &normal, err) != TR_OK)
        return NULL;
    *row = (menu_row){.reached = 1, .wanted_token_per_s = (double)NAN};
    if (index < TR_REPORT_POINTS) {
        const tr_report_point *point = &m->report.point[index];
        row->mode = point->name;
        row->pass = point->row;
    } else if (index == TR_REPORT_POINTS) {
        row->mode = "practice";
        if (practice_row(m, row, err) != TR_OK)
            return NULL;
    } else if (index < first_speed) {
        row->mode = "full";
        row->pass = normal;
    } else {
        row->mode = "speed";
        row->wanted_token_per_s = m->speed_token_per_s[index - first_speed];
        (void)snprintf(row->words, sizeof row->words, "%.4g/s", row->wanted_token_per_s);
        if (speed_row(m, row->wanted_token_per_s, row, err) != TR_OK)
            return NULL;
    }
    tr_step_row *pass = &row->pass;
    if (!row->reached)
        pass->bound.token_per_s = pass->bound.token_per_s_per_seq = pass->bound.usd_per_mtoken = pass->bound.step_s =
            (double)NAN;
    tr_step_row_by_physics(pass);
    tr_step_row_by_physics(&normal);
    if (!row->reached) {
        pass->predicted.step_s = pass->predicted.low_s = pass->predicted.high_s = (double)NAN;
        pass->step.token_per_s = pass->step.token_per_s_per_seq = pass->step.usd_per_mtoken = pass->step.step_s =
            (double)NAN;
    }
    row->speed_ratio = pass->step.token_per_s_per_seq / normal.step.token_per_s_per_seq;
    row->price_ratio = normal.step.token_per_s / pass->step.token_per_s;
    row->bound_speed_ratio = pass->bound.token_per_s_per_seq / m->report.point[1].row.bound.token_per_s_per_seq;
    row->bound_price_ratio = m->report.point[1].row.bound.token_per_s / pass->bound.token_per_s;
    return row;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(menu_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(menu_row, NAME, VALUE)
TEXT(mode, row->mode)
TEXT(mode_words, row->words[0] != '\0' ? row->words : row->mode)
TEXT(physics, tr_physics_name(row->pass.question->physics))
NUMBER(wanted, row->wanted_token_per_s)
NUMBER(batch, row->pass.load.batch_seq)
TEXT(limit, row->reached && isfinite(row->pass.step.step_s) ? tr_limit_name(row->pass.step.limit) : NULL)
NUMBER(speed, row->speed_ratio)
NUMBER(price, row->price_ratio)
NUMBER(bound_speed, row->bound_speed_ratio)
NUMBER(bound_price, row->bound_price_ratio)
TR_FLAG(menu_row, fits, row->reached && row->pass.fits)
TEXT(reason, row->reached ? NULL : row->why.text)

static const tr_field fields[] = {
    TR_QUESTION_PRICED,
    TR_T_HEAD("mode", "mode", 8, mode),
    TR_N_HEAD("wanted_token_per_s", TOKEN_PER_S, "wanted", 12, wanted),
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_T("physics", physics),
    TR_N_HEAD("step_s", SECOND, "step", 10, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T_HEAD("limited_by", "limited by", 10, limit),
    TR_N_HEAD("token_per_s_per_seq", TOKEN_PER_S, "each", 14, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N_HEAD("usd_per_mtoken", USD_PER_MTOKEN, "cost", 11, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_N_HEAD("speed_ratio", NONE, "x speed", 9, speed),
    TR_N_HEAD("price_ratio", NONE, "x price", 9, price),
    TR_N("speed_ratio_bound", NONE, bound_speed),
    TR_N("price_ratio_bound", NONE, bound_price),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_T("reason", reason),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* For people, where something is predicted. */
static const tr_field predicted_columns[] = {
    TR_T_HEAD("mode", "mode", 8, mode_words),
    TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch),
    TR_N_HEAD("step_s_predicted", SECOND, "predicted", 9, tr_pass_time_predicted),
    TR_N_HEAD("step_s_low", SECOND, "low", 8, tr_pass_time_low),
    TR_N_HEAD("step_s_high", SECOND, "high", 8, tr_pass_time_high),
    TR_N_HEAD("step_s_bound", SECOND, "bound", 8, tr_pass_time_bound),
    TR_N_HEAD("token_per_s_per_seq", NONE, "tok/s", 7, tr_pass_each),
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost),
    TR_N_HEAD("speed_ratio", NONE, "x speed", 7, speed),
    TR_N_HEAD("price_ratio", NONE, "x price", 7, price),
    TR_F_HEAD("fits", "fits", 4, fits),
};
static const tr_fields columns = {predicted_columns, sizeof predicted_columns / sizeof predicted_columns[0]};

/* ---- what a fast mode implies -------------------------------------------------- */

static tr_status ratios_of(menu *m, tr_error *err)
{
    const int price = tr_input_is_set(m->scenario, TR_IN_PRICE_RATIO);
    const int speed = tr_input_is_set(m->scenario, TR_IN_SPEED_RATIO);
    if (!price && !speed)
        return TR_OK;
    if (!price || !speed)
        return tr_fail(err, TR_EMISSING, price ? "speed_ratio" : "price_ratio", 0.0,
                       "a fast mode needs both of its ratios: give --price-ratio and --speed-ratio");
    m->price_ratio = tr_input_number(m->scenario, TR_IN_PRICE_RATIO);
    m->speed_ratio = tr_input_number(m->scenario, TR_IN_SPEED_RATIO);
    tr_status s = tr_menu_ratio_of(m->price_ratio, m->speed_ratio, &m->ratio, err);
    if (s != TR_OK)
        return s;
    m->has_ratio = 1;
    m->fast_batch_seq = m->normal_batch_seq = (double)NAN;
    s = tr_menu_batches(&m->question->roof, &m->question->shard, m->report.context_token, &m->ratio,
                        &m->fast_batch_seq, &m->normal_batch_seq, &m->why_not);
    m->possible = s == TR_OK;
    if (s != TR_OK && s != TR_ENOFIT && err != NULL)
        *err = m->why_not;
    return s == TR_ENOFIT ? TR_OK : s;
}

#define RATIO(NAME, VALUE) TR_NUMBER(menu, NAME, VALUE)
RATIO(ratio_price, row->price_ratio)
RATIO(ratio_speed, row->speed_ratio)
RATIO(ratio_batch, row->ratio.batch_ratio)
RATIO(ratio_kv, row->ratio.fast_kv_ratio)
RATIO(ratio_fast_share, row->ratio.fast_kv_share)
RATIO(ratio_normal_share, row->ratio.normal_kv_share)
RATIO(ratio_fast_batch, row->fast_batch_seq)
RATIO(ratio_normal_batch, row->normal_batch_seq)
TR_FLAG(menu, ratio_possible, row->possible)
TR_TEXT(menu, ratio_reason, row->possible ? NULL : row->why_not.text)

static const tr_field ratio_list[] = {
    TR_N("fast_mode.price_ratio", NONE, ratio_price),
    TR_N("fast_mode.speed_ratio", NONE, ratio_speed),
    TR_N("fast_mode.batch_ratio", NONE, ratio_batch),
    TR_N("fast_mode.fast_kv_ratio", NONE, ratio_kv),
    TR_N("fast_mode.fast_kv_share", RATIO, ratio_fast_share),
    TR_N("fast_mode.normal_kv_share", RATIO, ratio_normal_share),
    TR_F("fast_mode.possible", ratio_possible),
    TR_N("fast_mode.fast_batch_seq", SEQ, ratio_fast_batch),
    TR_N("fast_mode.normal_batch_seq", SEQ, ratio_normal_batch),
    TR_T("fast_mode.reason", ratio_reason),
};
static const tr_fields ratio_fields = {ratio_list, sizeof ratio_list / sizeof ratio_list[0]};

static void print_ratios(const menu *m, const tr_style *style, tr_writer *out)
{
    char text[160], share[32];
    (void)snprintf(text, sizeof text, "A fast mode of %.4g times the price and %.4g times the speed", m->price_ratio,
                   m->speed_ratio);
    tr_print_heading(out, style, text);
    tr_print_quantity(out, "batch ratio", m->ratio.batch_ratio, TR_UNIT_NONE, "normal over fast batch: price x speed");
    (void)tr_quantity_format(m->ratio.fast_kv_share, TR_UNIT_RATIO, share, sizeof share);
    (void)snprintf(text, sizeof text, "of the normal step reads KV; %s of the fast one", share);
    tr_print_quantity(out, "KV share", m->ratio.normal_kv_share, TR_UNIT_RATIO, text);
    if (m->possible) {
        tr_print_line(out, "fast batch", tr_print_batch(m->fast_batch_seq, text, sizeof text), "sequences, here");
        tr_print_line(out, "normal batch", tr_print_batch(m->normal_batch_seq, text, sizeof text), "sequences, here");
    } else {
        tr_print_wrapped(out, "  not here: ", "            ", m->why_not.text, style->columns);
    }
}

/* What a sequence alone pays over the normal batch. */
static double unbatched_ratio(const menu *m)
{
    const tr_step *one = &m->report.point[0].row.step, *normal = &m->report.point[1].row.step;
    return normal->token_per_s / one->token_per_s;
}

/* ---- the equations, with numbers -------------------------------------------------- */

static void workings_of(menu *m, tr_workings *out)
{
    tr_workings_of_step(&m->report.point[1].row, out);
    tr_workings_add_report(&m->report, out);
    if (m->has_ratio && out->count < TR_WORKING_MAX) {
        tr_working *w = &out->working[out->count++];
        *w = (tr_working){.id = "K3"};
        tr_working_put(w, "p", TR_UNIT_NONE, m->price_ratio, 0);
        tr_working_put(w, "s", TR_UNIT_NONE, m->speed_ratio, 0);
        tr_working_put(w, "B / B_fast", TR_UNIT_NONE, m->ratio.batch_ratio, 1);
        tr_working_put(w, "x", TR_UNIT_NONE, m->ratio.fast_kv_ratio, 1);
        tr_working_put(w, "share", TR_UNIT_RATIO, m->ratio.normal_kv_share, 1);
    }
    for (size_t i = 0; i < m->speed_count && out->count < TR_WORKING_MAX; i++) {
        menu_row row = {.reached = 0};
        if (speed_row(m, m->speed_token_per_s[i], &row, NULL) != TR_OK || !row.reached)
            continue;
        tr_working *w = &out->working[out->count++];
        *w = (tr_working){.id = "K4"};
        tr_working_put(w, "v", TR_UNIT_TOKEN_PER_S, m->speed_token_per_s[i], 0);
        tr_working_put(w, "B_max", TR_UNIT_SEQ, m->report.hold.max_batch_seq, 0);
        tr_working_put(w, "B(v)", TR_UNIT_SEQ, row.pass.load.batch_seq, 1);
    }
}

/* ---- the document --------------------------------------------------------------- */

static tr_status write_text(menu *m, const tr_rows *rows, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[256], token[32], floor_cost[48];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)tr_quantity_format(m->report.context_token, TR_UNIT_CONTEXT, token, sizeof token);
    (void)snprintf(text, sizeof text, "%.90s on %.60s: cost against speed at %s tokens of context\n",
                   m->question->model->name, m->question->system->name, token);
    tr_write_text(&out, text);
    tr_print_setting(m->question, &out);
    tr_print_price(m->question, &out);
    tr_write_char(&out, '\n');
    const tr_fields *shown = tr_rows_columns(rows);
    tr_fields_table_head(shown, &out);
    for (size_t i = 0; i < rows->count; i++) {
        const void *row = rows->at(rows->context, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        tr_fields_table_row(shown, row, &out);
    }
    tr_write_char(&out, '\n');
    if (m->report.floor_usd_per_mtoken > 0) {
        (void)tr_quantity_format(m->report.floor_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, floor_cost, sizeof floor_cost);
        tr_print_line(&out, "cost floor", floor_cost, "no slow mode is cheaper; an idle place is: `scale --part day`");
    }
    if (m->has_full)
        tr_write_text(&out, "  normal does not fit: speed and price are against full, the largest batch that does\n");
    if (!isfinite(m->report.balance_batch_seq))
        tr_write_text(&out, "  normal is the balance without KV: at this context no batch is compute-bound\n");
    tr_print_quantity(&out, "batch 1", unbatched_ratio(m), TR_UNIT_NONE,
                      "times the normal cost per token: the bound on what not batching costs");
    (void)snprintf(text, sizeof text, "batch in practice over the balance batch (--margin; usually 2 to 3)");
    tr_print_quantity(&out, "margin", m->margin_ratio, TR_UNIT_NONE, text);
    if (m->has_ratio)
        print_ratios(m, style, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    if (style->explain) {
        tr_workings workings;
        workings_of(m, &workings);
        tr_workings_text(&workings, style, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_json(menu *m, const tr_rows *rows, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_question_json(m->question, &json);
    tr_json_key_string(&json, "physics", tr_physics_name(m->question->physics));
    tr_json_key_number(&json, "floor_usd_per_mtoken", m->report.floor_usd_per_mtoken);
    tr_json_key_number(&json, "unbatched_cost_ratio", unbatched_ratio(m));
    tr_json_key_number(&json, "margin_ratio", m->margin_ratio);
    tr_json_key(&json, "modes");
    tr_json_array(&json);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    if (m->has_ratio)
        tr_fields_json(&ratio_fields, m, &json);
    tr_notes_json(rows->notes, &json);
    if (style->explain) {
        tr_workings workings;
        workings_of(m, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_menu(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                         tr_sink *sink, tr_error *err)
{
    menu m = {.scenario = scenario, .question = question};
    tr_notes notes;
    tr_status s = tr_report_of(scenario, question, &m.report, err);
    if (s == TR_OK)
        s = ratios_of(&m, err);
    if (s != TR_OK)
        return s;
    m.speed_token_per_s = tr_input_list(scenario, TR_IN_SPEED, &m.speed_count);
    m.has_full = question->physics != TR_PHYSICS_BOUND && !m.report.point[1].row.fits &&
                 m.report.hold.max_batch_seq >= 1.0;
    m.margin_ratio = tr_input_number(scenario, TR_IN_MARGIN);
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields,
                          .columns = question->blackboard ? NULL : &columns,
                          .name = "modes",
                          .count = TR_REPORT_POINTS + 1 + (size_t)m.has_full + m.speed_count,
                          .at = row_at,
                          .context = &m,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&m, &rows, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(&m, &rows, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
