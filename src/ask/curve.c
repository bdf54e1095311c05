/* ask/curve.c -- the answer of `curve`: steps along batch or context, with the crossings as rows of their
 * own. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"
#include "ask/step_row.h"
#include "base/fail.h"
#include "write/rows.h"

enum { ALONG_BATCH = 0, ALONG_CONTEXT = 1 };
enum { POINTS_MAX = 4096, MARKS_MAX = 4, ROWS_MAX = POINTS_MAX + MARKS_MAX };

typedef struct crossing {
    const char *name;
    const char *key; /* in the document's "marks" */
    double at;
} crossing;

typedef struct curve_row {
    tr_step_row pass; /* first: its question names the row */
    const char *mark; /* NULL: an ordinary row */
} curve_row;

typedef struct walk {
    const tr_problem *question;
    int along;
    double batch_seq;     /* held where the curve runs over context */
    double context_token; /* and the other way round */
    double at[ROWS_MAX];
    const char *mark[ROWS_MAX];
    size_t count;
    crossing crossing[MARKS_MAX];
    size_t crossings;
    double floor_s;
    curve_row row;
} walk;

/* ---- which rows ------------------------------------------------------------------ */

/* Rows in order; a crossing that falls on a row names it, unless another has. */
static void add_crossing(walk *w, const char *name, const char *key, double at)
{
    w->crossing[w->crossings++] = (crossing){name, key, at};
    const double least = w->along == ALONG_BATCH ? 1.0 : 0.0;
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

static int takes(const double *list, size_t count) { return list != NULL && count > 1; }

/* The list as given, in rising order; or powers of two to the end of the picture. */
static void add_rows(walk *w, const double *list, size_t count, double first, double end)
{
    if (takes(list, count)) {
        for (size_t i = 0; i < count; i++) {
            size_t k = w->count++;
            for (; k > 0 && w->at[k - 1] > list[i]; k--)
                w->at[k] = w->at[k - 1];
            w->at[k] = list[i];
        }
        return;
    }
    for (double v = first; v <= end && w->count < 64; v *= 2.0)
        w->at[w->count++] = v;
}

static void rows_over_batch(walk *w, const tr_scenario *scenario)
{
    size_t count = 0;
    const double *list = tr_input_list(scenario, TR_IN_BATCH, &count);
    const tr_batch_marks m = tr_batch_marks_of(w->question, w->context_token);
    add_rows(w, list, count, 1.0, m.end_seq);
    add_crossing(w, "balance", "balance_batch_seq", m.balance_seq);
    add_crossing(w, "kv = weights", "even_batch_seq", m.even_seq);
    add_crossing(w, "memory full", "max_batch_seq", m.most_seq);
}

static void rows_over_context(walk *w, const tr_scenario *scenario)
{
    size_t count = 0;
    const double *list = tr_input_list(scenario, TR_IN_CONTEXT, &count);
    const tr_context_marks m = tr_context_marks_of(w->question, w->batch_seq);
    add_rows(w, list, count, m.end_token < 8192.0 ? 64.0 : 1024.0, m.end_token);
    add_crossing(w, "cliff", "cliff_context_token", m.cliff_token > 0.0 ? m.cliff_token : (double)NAN);
    add_crossing(w, "kv = weights", "even_context_token", m.even_token);
    add_crossing(w, "memory full", "max_context_token", m.most_token);
    add_crossing(w, "model's limit", "model_max_context_token",
                 m.limit_token > 0.0 ? m.limit_token : (double)NAN);
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const int batch = w->along == ALONG_BATCH;
    const tr_load load = {TR_PHASE_DECODE, batch ? w->at[index] : w->batch_seq,
                          batch ? w->context_token : w->at[index], 1.0};
    w->row.mark = w->mark[index];
    return tr_step_row_of(w->question, &load, &w->row.pass, err) == TR_OK ? &w->row : NULL;
}

/* ---- its fields --------------------------------------------------------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(curve_row, NAME, row->pass.VALUE)
NUMBER(batch, load.batch_seq)
NUMBER(context, load.context_token)
NUMBER(compute, step.compute_s)
NUMBER(weights, step.weights_s)
NUMBER(kv, step.kv_s)
NUMBER(comm, step.comm_s)
NUMBER(fixed, step.fixed_s)
TR_FLAG(curve_row, fits, row->pass.fits)
TR_TEXT(curve_row, mark, row->mark)
TR_TEXT(curve_row, reason, row->pass.fits ? NULL : row->pass.why.text)

static const tr_field fields[] = {
    TR_QUESTION_PRICED,
    TR_N_HEAD("batch_seq", SEQ, "batch", 8, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 8, context),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_N_HEAD("terms.compute_s", SECOND, "compute", 9, compute),
    TR_N_HEAD("terms.weights_s", SECOND, "weights", 9, weights),
    TR_N_HEAD("terms.kv_s", SECOND, "kv", 9, kv),
    TR_N("terms.comm_s", SECOND, comm),
    TR_N("terms.fixed_s", SECOND, fixed),
    TR_N_HEAD("step_s", SECOND, "step", 9, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T_HEAD("limited_by", "limited by", 10, tr_pass_limited_by),
    TR_N("token_per_s", TOKEN_PER_S, tr_pass_rate),
    TR_PASS_RATE_BESIDE,
    TR_N_HEAD("token_per_s_per_seq", TOKEN_PER_S, "each", 12, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 9, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_T_HEAD("mark", "mark", 13, mark),
    TR_T("reason", reason),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* For people, where something is predicted. */
static const tr_field predicted_columns[] = {
    TR_N_HEAD("batch_seq", SEQ, "batch", 6, batch),
    TR_N_HEAD("context_token", CONTEXT, "context", 7, context),
    TR_N_HEAD("step_s_predicted", SECOND, "predicted", 9, tr_pass_time_predicted),
    TR_N_HEAD("step_s_low", SECOND, "low", 8, tr_pass_time_low),
    TR_N_HEAD("step_s_high", SECOND, "high", 8, tr_pass_time_high),
    TR_N_HEAD("step_s_bound", SECOND, "bound", 8, tr_pass_time_bound),
    TR_T_HEAD("limited_by", "limit", 7, tr_pass_limited_by),
    TR_N_HEAD("token_per_s_per_seq", NONE, "tok/s", 7, tr_pass_each),
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost),
    TR_T_HEAD("mark", "mark", 13, mark),
};
static const tr_fields columns = {predicted_columns, sizeof predicted_columns / sizeof predicted_columns[0]};

/* ---- its forms ---------------------------------------------------------------------- */

static tr_status write_json(const tr_rows *rows, const walk *w, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_string(&json, "over", w->along == ALONG_BATCH ? "batch" : "context");
    tr_json_key_string(&json, "physics", tr_physics_name(w->question->physics));
    tr_question_json(w->question, &json);
    tr_json_key_object(&json, "marks");
    tr_json_key_number(&json, "floor_s", w->floor_s);
    for (size_t i = 0; i < w->crossings; i++)
        tr_json_key_number(&json, w->crossing[i].key, w->crossing[i].at);
    tr_json_close(&json);
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static tr_status write_page(const tr_rows *rows, const tr_problem *question, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    const tr_figure_target target = tr_figure_target_of(style);
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < tr_answer_curve_figures(rows->scenario); i++) {
        if (i > 0 && sink->write(sink->context, "\n", 1) != 0)
            return tr_written(TR_EIO, err);
        s = tr_answer_curve_figure(rows->scenario, question, i, &target, sink, err);
    }
    if (s == TR_OK && sink->write(sink->context, "\n", 1) != 0)
        return tr_written(TR_EIO, err);
    return s == TR_OK ? tr_rows_write(rows, style, sink, err) : s;
}

/* Over context the batch is held: as asked for, or where there is most to see. */
static double batch_over_context(const tr_scenario *scenario, const tr_problem *question)
{
    return tr_input_is_set(scenario, TR_IN_BATCH) ? question->load.batch_seq : tr_context_batch_seq(question);
}

static void start(const tr_scenario *scenario, const tr_problem *question, walk *w)
{
    w->question = question;
    w->along = tr_input_choice(scenario, TR_IN_OVER) == ALONG_CONTEXT ? ALONG_CONTEXT : ALONG_BATCH;
    w->context_token = question->load.context_token;
    w->batch_seq = batch_over_context(scenario, question);
    w->count = w->crossings = 0;
    memset(w->mark, 0, sizeof w->mark);
    w->floor_s = tr_floor_s(&question->roof);
}

static tr_status write(walk *w, const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                       tr_sink *sink, tr_error *err)
{
    tr_notes notes;
    start(scenario, question, w);
    const tr_status s = w->along == ALONG_BATCH ? tr_check_figure(question, 1.0, w->context_token, err)
                                                : tr_check_figure(question, w->batch_seq, 0.0, err);
    if (s != TR_OK)
        return s;
    if (w->along == ALONG_BATCH)
        rows_over_batch(w, scenario);
    else
        rows_over_context(w, scenario);
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields,
                          .columns = question->blackboard ? NULL : &columns,
                          .name = "rows",
                          .count = w->count,
                          .at = row_at,
                          .context = w,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_JSON)
        return write_json(&rows, w, sink, err);
    if (style->format == TR_FORMAT_TEXT)
        return write_page(&rows, question, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}

tr_status tr_answer_curve(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    size_t count = 0;
    const int along = tr_input_choice(scenario, TR_IN_OVER) == ALONG_CONTEXT;
    (void)tr_input_list(scenario, along ? TR_IN_CONTEXT : TR_IN_BATCH, &count);
    if (count > POINTS_MAX)
        return tr_fail(err, TR_ECAPACITY, tr_input_at(along ? TR_IN_CONTEXT : TR_IN_BATCH)->key, (double)count,
                       "a curve has %d points at most, not %zu: `tokenroof step` gives any number of rows",
                       POINTS_MAX, count);
    walk *w = malloc(sizeof *w); /* a list may be long: 64 KiB */
    if (w == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    const tr_status s = write(w, scenario, question, style, sink, err);
    free(w);
    return s;
}

size_t tr_answer_curve_figures(const tr_scenario *scenario)
{
    return tr_input_choice(scenario, TR_IN_OVER) == ALONG_CONTEXT ? 1 : 2;
}

tr_status tr_answer_curve_figure(const tr_scenario *scenario, const tr_problem *question, size_t index,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (index >= tr_answer_curve_figures(scenario))
        return tr_fail(err, TR_EDOMAIN, "index", (double)index, "a curve has no such picture");
    if (tr_input_choice(scenario, TR_IN_OVER) == ALONG_CONTEXT)
        return tr_figure_context_at(question, batch_over_context(scenario, question), target, sink, err);
    return index == 0 ? tr_answer_figure_batch(question, target, sink, err)
                      : tr_answer_figure_cost(question, target, sink, err);
}
