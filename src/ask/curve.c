/* ask/curve.c -- the answer of `curve`: passes along batch, context or query, the crossings as rows of their own, and
 * where what bounds them changes. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"
#include "ask/meeting.h"
#include "ask/price_ratio.h"
#include "base/fail.h"
#include "write/print.h"
#include "write/rows.h"

enum { POINTS_MAX = 4096, MARKS_MAX = 4, ROWS_MAX = POINTS_MAX + MARKS_MAX };

typedef struct crossing {
    const char *name;
    const char *key; /* in the document's "marks" */
    double at;
} crossing;

typedef struct curve_row {
    tr_step_row pass;       /* first: its question names the row */
    tr_along_input input;
    const char *mark;       /* NULL: an ordinary row */
    double price_ratio;     /* decode's cost per token over this pass's, by the physics asked for */
    tr_quantity ratio;      /* the same as predicted, beside the bound; NaN but along the query */
} curve_row;

typedef struct walk {
    const tr_problem *question;
    tr_along along;
    double at[ROWS_MAX];
    const char *mark[ROWS_MAX];
    size_t count;
    crossing crossing[MARKS_MAX];
    size_t crossings;
    double floor_s;
    tr_price_ratio ratio;   /* along the query */
    curve_row row;
} walk;

/* ---- which rows ------------------------------------------------------------------ */

static const tr_input_id inputs[TR_ALONG_COUNT] = {TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY};

static tr_along_input along_of(const tr_scenario *scenario)
{
    return (tr_along_input)tr_input_choice(scenario, TR_IN_OVER);
}

/* Rows in order; a crossing that falls on a row names it, unless another has. */
static void add_crossing(walk *w, const char *name, const char *key, double at)
{
    w->crossing[w->crossings++] = (crossing){name, key, at};
    const double least = w->along.input == TR_ALONG_CONTEXT ? 0.0 : 1.0;
    if (!(at >= least && at <= 1e9) || w->count == ROWS_MAX)
        return;
    size_t i = w->count;
    while (i > 0 && w->at[i - 1] > at)
        i--;
    if (i > 0 && w->at[i - 1] >= at && w->mark[i - 1] == NULL) {
        w->mark[i - 1] = name;
        return;
    }
    memmove(w->at + i + 1, w->at + i, (w->count - i) * sizeof w->at[0]);
    memmove(w->mark + i + 1, w->mark + i, (w->count - i) * sizeof w->mark[0]);
    w->at[i] = at;
    w->mark[i] = name;
    w->count++;
}

/* The list as given, in rising order; or powers of two to the end of the picture. */
static void add_rows(walk *w, const tr_scenario *scenario, double first, double end)
{
    size_t count = 0;
    const double *list = tr_input_list(scenario, inputs[w->along.input], &count);
    if (list == NULL || count < 2) {
        for (double v = first; v <= end && w->count < 64; v *= 2.0)
            w->at[w->count++] = v;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t k = w->count++;
        for (; k > 0 && w->at[k - 1] > list[i]; k--)
            w->at[k] = w->at[k - 1];
        w->at[k] = list[i];
    }
}

/* NaN where there is none: 0 stands for that. */
static double or_none(double at) { return at > 0.0 ? at : (double)NAN; }

static void rows_over_batch(walk *w, const tr_scenario *scenario)
{
    const tr_batch_marks m = tr_batch_marks_of(w->question, w->along.context_token);
    add_rows(w, scenario, 1.0, m.end_seq);
    add_crossing(w, "balance", "balance_batch_seq", m.balance_seq);
    add_crossing(w, "kv = weights", "even_batch_seq", m.even_seq);
    add_crossing(w, "memory full", "max_batch_seq", m.most_seq);
}

static void rows_over_context(walk *w, const tr_scenario *scenario)
{
    const tr_context_marks m = tr_context_marks_of(w->question, w->along.batch_seq);
    add_rows(w, scenario, m.end_token < 8192.0 ? 64.0 : 1024.0, m.end_token);
    add_crossing(w, "cliff", "cliff_context_token", or_none(m.cliff_token));
    add_crossing(w, "kv = weights", "even_context_token", m.even_token);
    add_crossing(w, "memory full", "max_context_token", m.most_token);
    add_crossing(w, "model's limit", "model_max_context_token", or_none(m.limit_token));
}

/* One length alone is the one in which prompts are read; NaN: a list, or none. */
static double asked_query_token(const tr_scenario *scenario)
{
    size_t count = 0;
    const double *query_token = tr_input_list(scenario, TR_IN_QUERY, &count);
    return count == 1 && tr_input_is_set(scenario, TR_IN_QUERY) ? query_token[0] : (double)NAN;
}

static void rows_over_query(walk *w, const tr_scenario *scenario)
{
    const tr_query_marks m = tr_query_marks_of(w->question, w->along.batch_seq, w->along.context_token);
    const double asked = asked_query_token(scenario);
    add_rows(w, scenario, 1.0, asked > m.end_token ? asked : m.end_token);
    if (asked > 1.0)
        add_crossing(w, "as asked", "asked_query_token", asked);
    add_crossing(w, "ridge", "ridge_query_token", m.ridge_token);
    add_crossing(w, "memory full", "max_query_token", m.most_token);
    add_crossing(w, "model's limit", "model_max_query_token", or_none(m.limit_token));
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    curve_row *row = &w->row;
    const tr_load load = tr_along_load(&w->along, w->at[index]);
    const double none = (double)NAN;
    row->mark = w->mark[index];
    row->input = w->along.input;
    row->ratio = (tr_quantity){none, none, none, none};
    row->price_ratio = none;
    if (tr_step_row_of(w->question, &load, &row->pass, err) != TR_OK)
        return NULL;
    if (w->along.input == TR_ALONG_QUERY) {
        const tr_step *decode = &w->ratio.output.step;
        row->ratio = tr_pass_price_ratio(&w->ratio.output, &row->pass);
        row->price_ratio = tr_output_input_ratio(decode->step_s, 1.0, row->pass.step.step_s, load.query_token);
    }
    return row;
}

/* Prompts are read in passes of the length asked for, else in the longest of the rows that fits. */
static tr_status find_ratio(walk *w, const tr_scenario *scenario, tr_error *err)
{
    const double asked = asked_query_token(scenario);
    double longest = asked >= 1.0 ? asked : 1.0;
    for (size_t i = 0; isnan(asked) && i < w->count; i++) {
        const tr_load load = tr_along_load(&w->along, w->at[i]);
        if (w->mark[i] == NULL && tr_check_fits(w->question, load.batch_seq, tr_held_token(&load), NULL) == TR_OK)
            longest = w->at[i];
    }
    return tr_price_ratio_of(&w->along, longest, tr_input_number(scenario, TR_IN_OUTPUT_RATIO), &w->ratio, err);
}

/* ---- its fields --------------------------------------------------------------------- */

/* Enough for a share. */
static double three_digits(double x)
{
    double scale = 1.0;
    while (x > 0.0 && x * scale < 100.0)
        scale *= 10.0;
    return floor(x * scale + 0.5) / scale;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(curve_row, NAME, row->VALUE)
#define PERCENT(NAME, VALUE) TR_NUMBER(curve_row, NAME, three_digits((VALUE) * 100.0))
NUMBER(batch, pass.load.batch_seq)
NUMBER(context, pass.load.context_token)
NUMBER(query, pass.load.query_token)
NUMBER(compute, pass.step.compute_s)
NUMBER(weights, pass.step.weights_s)
NUMBER(kv, pass.step.kv_s)
NUMBER(comm, pass.step.comm_s)
NUMBER(fixed, pass.step.fixed_s)
NUMBER(on_host, pass.step.host_s)
NUMBER(to_host, pass.step.crossing_s)
NUMBER(price, price_ratio)
NUMBER(price_bound, ratio.bound)
NUMBER(price_low, ratio.low)
NUMBER(price_high, ratio.high)
PERCENT(mfu_percent, row->pass.step.mfu)
PERCENT(mbu_percent, row->pass.step.mbu)
TR_FLAG(curve_row, fits, row->pass.fits)
TR_TEXT(curve_row, mark, row->mark)
TR_TEXT(curve_row, reason, row->pass.fits ? NULL : row->pass.why.text)

static const tr_field fields[] = {
    TR_QUESTION_PRICED,
    TR_N("batch_seq", SEQ, batch),
    TR_N("context_token", CONTEXT, context),
    TR_N("query_token", CONTEXT, query),
    TR_F("fits", fits),
    TR_N("terms.compute_s", SECOND, compute),
    TR_N("terms.weights_s", SECOND, weights),
    TR_N("terms.kv_s", SECOND, kv),
    TR_N("terms.comm_s", SECOND, comm),
    TR_N("terms.fixed_s", SECOND, fixed),
    TR_N("terms.host_s", SECOND, on_host),
    TR_N("terms.crossing_s", SECOND, to_host),
    TR_N("step_s", SECOND, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T("limited_by", tr_pass_limited_by),
    TR_N("token_per_s", TOKEN_PER_S, tr_pass_rate),
    TR_PASS_RATE_BESIDE,
    TR_N("token_per_s_per_seq", TOKEN_PER_S, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N("usd_per_mtoken", USD, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_PASS_USE,
    TR_B("output_input_ratio", NONE, price),
    TR_T("mark", mark),
    TR_T("reason", reason),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* For people: what it runs along, the times, and what follows from them. */
static const tr_field axis_columns[TR_ALONG_COUNT] = {
    TR_N_HEAD("batch_seq", SEQ, "batch", 7, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 7, context),
    TR_N_HEAD("query_token", CONTEXT, "query", 7, query),
};
static const tr_field predicted_columns[] = {
    TR_PASS_TIME_HEADS,
};
static const tr_field bound_columns[] = {
    TR_N_HEAD("terms.compute_s", SECOND, "compute", 9, compute),
    TR_N_HEAD("terms.weights_s", SECOND, "weights", 8, weights),
    TR_N_HEAD("terms.kv_s", SECOND, "kv", 8, kv),
    TR_N_HEAD("step_s", SECOND, "step", 8, tr_pass_time),
};
enum { TIMES = sizeof bound_columns / sizeof bound_columns[0] };
static const tr_field decode_columns[] = {
    TR_T_HEAD("limited_by", "limit", 7, tr_pass_limited_by),
    TR_N_HEAD("mfu", NONE, "MFU %", 7, mfu_percent),
    TR_N_HEAD("mbu", NONE, "MBU %", 7, mbu_percent),
    TR_N_HEAD("token_per_s_per_seq", NONE, "tok/s", 6, tr_pass_each),
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost),
    TR_T_HEAD("mark", "mark", 13, mark),
};
static const tr_field query_columns[] = {
    TR_T_HEAD("limited_by", "limit", 7, tr_pass_limited_by),
    TR_N_HEAD("mfu", NONE, "MFU %", 7, mfu_percent),
    TR_N_HEAD("mbu", NONE, "MBU %", 7, mbu_percent),
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost),
    TR_N_HEAD("output_input_ratio", NONE, "out/in", 7, price),
    TR_T_HEAD("mark", "mark", 13, mark),
};
enum { OTHERS = sizeof decode_columns / sizeof decode_columns[0], COLUMNS = 1 + TIMES + OTHERS };
_Static_assert(sizeof predicted_columns == sizeof bound_columns && sizeof query_columns == sizeof decode_columns,
               "as many columns along every input");

static tr_fields columns_of(const walk *w, tr_field *room)
{
    room[0] = axis_columns[w->along.input];
    memcpy(room + 1, w->question->blackboard ? bound_columns : predicted_columns, sizeof bound_columns);
    memcpy(room + 1 + TIMES, w->along.input == TR_ALONG_QUERY ? query_columns : decode_columns, sizeof decode_columns);
    return (tr_fields){room, COLUMNS};
}

/* ---- its forms ---------------------------------------------------------------------- */

static tr_status write_json(const tr_rows *rows, const walk *w, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_string(&json, "over", tr_along_name(w->along.input));
    tr_json_key_string(&json, "physics", tr_physics_name(w->question->physics));
    tr_question_json(w->question, &json);
    tr_json_key_object(&json, "marks");
    tr_json_key_number(&json, "floor_s", w->floor_s);
    for (size_t i = 0; i < w->crossings; i++)
        tr_json_key_number(&json, w->crossing[i].key, w->crossing[i].at);
    tr_json_close(&json);
    tr_regions_json(&w->along, &json);
    if (w->along.input == TR_ALONG_QUERY)
        tr_price_ratio_json(&w->ratio, &json);
    else
        tr_meeting_json(&w->along, &json);
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static tr_status write_summary(const walk *w, const tr_notes *notes, const tr_style *style, const tr_sink *sink,
                               tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    if (w->along.input == TR_ALONG_QUERY)
        tr_price_ratio_text(&w->ratio, style, &out);
    else
        tr_meeting_text(&w->along, style, &out);
    tr_print_heading(&out, style, "What bounds a pass at datasheet peak, and the rule that makes each region");
    tr_regions_text(&w->along, &out);
    tr_notes_text(notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* Its first two pictures, the rows, and what they come to. */
static tr_status write_page(const tr_rows *rows, const walk *w, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_figure_target target = tr_figure_target_of(style);
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < 2; i++) {
        s = tr_answer_curve_figure(rows->scenario, w->question, i, &target, sink, err);
        if (s == TR_OK && sink->write(sink->context, "\n", 1) != 0)
            return tr_written(TR_EIO, err);
    }
    tr_rows table = *rows;
    table.notes = NULL; /* after the summary */
    if (s == TR_OK)
        s = tr_rows_write(&table, style, sink, err);
    return s == TR_OK ? write_summary(w, rows->notes, style, sink, err) : s;
}

/* Over context the batch is held: as asked for, or where there is most to see. */
static tr_along held(const tr_scenario *scenario, const tr_problem *question)
{
    const tr_along_input input = along_of(scenario);
    const int as_asked = input != TR_ALONG_CONTEXT || tr_input_is_set(scenario, TR_IN_BATCH);
    return (tr_along){question, input, as_asked ? question->load.batch_seq : tr_context_batch_seq(question),
                      question->load.context_token};
}

static tr_status write(walk *w, const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                       tr_sink *sink, tr_error *err)
{
    static void (*const add[TR_ALONG_COUNT])(walk *, const tr_scenario *) = {rows_over_batch, rows_over_context,
                                                                              rows_over_query};
    tr_notes notes;
    w->question = question;
    w->along = held(scenario, question);
    w->count = w->crossings = 0;
    memset(w->mark, 0, sizeof w->mark);
    w->floor_s = tr_floor_s(&question->roof);
    tr_status s = tr_check_along(&w->along, err);
    if (s != TR_OK)
        return s;
    add[w->along.input](w, scenario);
    if (w->along.input == TR_ALONG_QUERY)
        s = find_ratio(w, scenario, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    tr_field room[COLUMNS];
    const tr_fields columns = columns_of(w, room);
    const tr_rows rows = {.fields = &row_fields,
                          .columns = &columns,
                          .name = "rows",
                          .count = w->count,
                          .at = row_at,
                          .context = w,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_JSON)
        return write_json(&rows, w, sink, err);
    if (style->format == TR_FORMAT_TEXT)
        return write_page(&rows, w, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}

tr_status tr_answer_curve(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    size_t count = 0;
    const tr_input_id along = inputs[along_of(scenario)];
    (void)tr_input_list(scenario, along, &count);
    if (count > POINTS_MAX)
        return tr_fail(err, TR_ECAPACITY, tr_input_at(along)->key, (double)count,
                       "a curve has %d points at most, not %zu: `tokenroof step` gives any number of rows",
                       POINTS_MAX, count);
    walk *w = malloc(sizeof *w); /* a list may be long: 64 KiB */
    if (w == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    const tr_status s = write(w, scenario, question, style, sink, err);
    free(w);
    return s;
}

size_t tr_answer_curve_figures(const tr_scenario *scenario) { return along_of(scenario) == TR_ALONG_BATCH ? 4 : 2; }

tr_status tr_answer_curve_figure(const tr_scenario *scenario, const tr_problem *question, size_t index,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const tr_along along = held(scenario, question);
    if (index >= tr_answer_curve_figures(scenario))
        return tr_fail(err, TR_EDOMAIN, "index", (double)index, "a curve has no such picture");
    if (along.input == TR_ALONG_BATCH && index < 3)
        return index == 0   ? tr_answer_figure_batch(question, target, sink, err)
               : index == 1 ? tr_answer_figure_cost(question, target, sink, err)
                            : tr_figure_rate(question, target, sink, err);
    if (index > 0)
        return tr_figure_use(&along, target, sink, err);
    return along.input == TR_ALONG_CONTEXT ? tr_figure_context_at(question, along.batch_seq, target, sink, err)
                                           : tr_figure_query(&along, target, sink, err);
}
