/* ask/operators.c -- the answer of `step --by operator`: a pass taken apart, each operator against its own roof. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "base/fail.h"
#include "base/text.h"
#include "pass/work.h"
#include "rate/op_rate.h"
#include "write/print.h"
#include "write/rows.h"

enum { KINDS_MAX = 64, BARS_MAX = 14 };

/* Operators of one name and class, in all layers. */
typedef struct op_row {
    const tr_problem *question; /* first: it names the row */
    char name[24];
    tr_op_class op_class;
    tr_dtype math_dtype;
    double count, time_s, share_ratio;
    double flop, weight_byte, kv_byte, link_byte;
    double by_limit_s[TR_LIMIT_COUNT];
    tr_limit limit;
    int scaleout, on_host;
    int is_rest; /* what is of no operator: overlap gained, and in fitted physics launches, layers and the host */
} op_row;

typedef struct op_table {
    const tr_problem *question;
    tr_load load;
    size_t count;
    op_row row[KINDS_MAX];
    tr_pass pass;            /* as asked for: drafts, a chunk of a prompt, skew */
    int is_plain;            /* it has none of them */
    double sum_s;
    tr_step step, plain;     /* of the pass, and of the load alone */
    tr_status status;        /* of an operator's time */
    tr_error *err;
} op_table;

static const tr_calibration *constants(const tr_problem *q)
{
    return q->physics == TR_PHYSICS_FITTED ? &q->calibration : NULL;
}

static op_row *row_of(op_table *t, const tr_op *op)
{
    size_t i = 0;
    while (i < t->count && (strcmp(t->row[i].name, op->name) != 0 || t->row[i].op_class != op->op_class ||
                            t->row[i].on_host != op->on_host))
        i++;
    if (i == KINDS_MAX)
        return &t->row[i - 1];
    if (i == t->count) {
        t->row[i] = (op_row){.question = t->question, .op_class = op->op_class, .math_dtype = op->math_dtype,
                               .on_host = op->on_host};
        (void)tr_text_copy(t->row[i].name, sizeof t->row[i].name, op->name);
        t->count++;
    }
    return &t->row[i];
}

static void add(void *context, const pass_work *w, const tr_op *op)
{
    op_table *t = context;
    tr_op_time time;
    const tr_status s = tr_operator_time(op, w->system, constants(t->question), &time, t->err);
    if (s != TR_OK) {
        t->status = s;
        return;
    }
    if (op->op_class == TR_OP_CROSS && !(time.time_s > 0.0))
        return;
    op_row *row = row_of(t, op);
    const double n = op->count * w->repeat;
    row->count += n;
    row->time_s += w->repeat * time.total_s;
    row->flop += n * op->flop;
    row->weight_byte += n * op->weight_byte;
    row->kv_byte += n * op->kv_byte;
    row->by_limit_s[time.limit] += w->repeat * time.total_s;
    tr_collective c;
    if (tr_op_is_link(op->op_class) &&
        tr_collective_of(w->system, tr_op_collective_kind(op->op_class), op->group_chip, op->message_byte,
                         op->across_byte, &c, NULL) == TR_OK) {
        row->link_byte += n * c.link_byte;
        row->scaleout = row->scaleout || c.scaleout;
    }
}

/* The time of a step that is of no operator: launches, norms between them, synchronisation, the host. */
static void add_rest(op_table *t)
{
    const double rest_s = t->step.step_s - t->sum_s;
    if (t->question->physics != TR_PHYSICS_FITTED || !(rest_s > 0.0) || t->count == KINDS_MAX)
        return;
    op_row *row = &t->row[t->count++];
    *row = (op_row){.question = t->question, .is_rest = 1, .time_s = rest_s};
    (void)tr_text_copy(row->name, sizeof row->name, "between");
    row->by_limit_s[TR_LIMIT_FIXED] = rest_s;
    t->sum_s += rest_s;
}

/* The longest first. */
static void finish(op_table *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->sum_s += t->row[i].time_s;
    add_rest(t);
    for (size_t i = 0; i < t->count; i++) {
        op_row row = t->row[i];
        int most = 0;
        for (int b = 1; b < TR_LIMIT_COUNT; b++)
            if (row.by_limit_s[b] > row.by_limit_s[most])
                most = b;
        row.limit = (tr_limit)most;
        row.share_ratio = row.time_s / t->sum_s;
        size_t k = i;
        for (; k > 0 && t->row[k - 1].time_s < row.time_s; k--)
            t->row[k] = t->row[k - 1];
        t->row[k] = row;
    }
}

/* The pass that is asked for: the load's, with what else goes through in it. */
static tr_status take_pass(const tr_scenario *scenario, const tr_problem *question, op_table *t, tr_error *err)
{
    const double draft = tr_input_number(scenario, TR_IN_DRAFT);
    const double chunk = tr_input_number(scenario, TR_IN_CHUNK);
    const double skew = tr_input_number(scenario, TR_IN_SKEW);
    const tr_status s = tr_problem_pass(question, &question->load, &t->pass, err);
    if (s != TR_OK)
        return s;
    t->is_plain = !(draft > 0.0) && !(chunk > 0.0) && !(skew > 0.0);
    if ((chunk > 0.0 || skew > 0.0) && question->physics == TR_PHYSICS_FITTED)
        return tr_fail(err, TR_ECONFLICT, "physics", 0.0,
                       "--chunk and --skew work at datasheet peak (ops) only: leave --physics fitted out");
    if (question->load.phase == TR_PHASE_PREFILL && chunk > 0.0)
        return tr_fail(err, TR_ECONFLICT, "phase", 0.0, "--chunk is for decode: leave --phase prefill out");
    if (chunk > 0.0) {
        t->pass.prefill_seq = 1.0;
        t->pass.prefill_query_token = chunk;
    }
    if (skew > 0.0)
        t->pass.routing_skew_ratio = skew;
    return TR_OK;
}

/* A token for each sequence. */
static tr_status plain_step(const tr_problem *question, const tr_load *load, tr_step *out, tr_error *err)
{
    tr_problem plain;
    const tr_status s = tr_problem_drafting(question, 0.0, (double)NAN, &plain, err);
    return s == TR_OK ? tr_problem_step(&plain, question->physics, load, out, err) : s;
}

static tr_status table_of(const tr_scenario *scenario, const tr_problem *question, op_table *t, tr_error *err)
{
    pass_work w;
    *t = (op_table){.question = question, .load = question->load, .status = TR_OK, .err = err};
    if (question->physics == TR_PHYSICS_BOUND)
        return tr_fail(err, TR_ECONFLICT, "by", 0.0,
                       "the bound has no operators: use --physics ops (the default of --by operator) or fitted");
    tr_status s = take_pass(scenario, question, t, err);
    if (s == TR_OK)
        s = tr_check_fits(question, t->load.batch_seq, tr_held_token(&t->load), err);
    if (s == TR_OK)
        s = plain_step(question, &t->load, &t->plain, err);
    if (s == TR_OK)
        s = tr_pass_step(&question->shard, &question->roof, constants(question), question->distance, &t->pass, &t->step,
                         err);
    if (s == TR_OK)
        s = tr_pass_work_of(&question->shard, &w, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, &t->pass, err);
    if (s != TR_OK)
        return s;
    tr_pass_walk(&w, add, t);
    if (t->status == TR_OK)
        finish(t);
    return t->status;
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    op_table *t = context;
    (void)err;
    return &t->row[index];
}

/* Which roof, in words. */
static const char *roof_of(const op_row *row)
{
    static const char *const word[] = {"multiplying", "memory: weights", "memory: KV cache", "links", "start of links",
                                       "the host", "chip to host"};
    if (row->is_rest)
        return "launches, host";
    if (row->limit == TR_LIMIT_COMM && row->scaleout)
        return "network";
    return word[row->limit];
}

#define NUMBER(NAME, VALUE) TR_NUMBER(op_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(op_row, NAME, VALUE)
TEXT(name, row->name)
TEXT(op_class, row->is_rest ? NULL : tr_op_class_name(row->op_class))
TEXT(math, row->is_rest ? NULL : tr_dtype_name(row->math_dtype))
NUMBER(count, row->is_rest ? (double)NAN : row->count)
NUMBER(time, row->time_s)
NUMBER(share, row->share_ratio)
TEXT(bound, tr_limit_name(row->limit))
TEXT(roof, roof_of(row))
TR_FLAG(op_row, on_host, row->is_rest ? -1 : row->on_host)
NUMBER(flop, row->flop)
NUMBER(weight, row->weight_byte)
NUMBER(kv, row->kv_byte)
NUMBER(link, row->link_byte)

static const tr_field fields[] = {
    TR_QUESTION_FIELDS,
    TR_T_HEAD("operator", "operator", 13, name),
    TR_T_HEAD("class", "class", 17, op_class),
    TR_N_HEAD("count", NONE, "calls", 6, count),
    TR_N_HEAD("total_s", SECOND, "time", 9, time),
    TR_N_HEAD("share_ratio", RATIO, "share", 8, share),
    TR_T_HEAD("bound", "bound", 8, bound),
    TR_T_HEAD("roof", "roof", 17, roof),
    TR_T("math_dtype", math),
    TR_N("flop", FLOP, flop),
    TR_N("weight_byte", BYTE, weight),
    TR_N("kv_byte", BYTE, kv),
    TR_N("link_byte", BYTE, link),
    TR_F("on_host", on_host),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

static void title_of(const op_table *t, char *text, size_t size)
{
    char context[32];
    const tr_load *load = &t->load;
    (void)tr_quantity_format(load->context_token, TR_UNIT_CONTEXT, context, sizeof context);
    char more[96] = "", chunk[32], skew[32];
    if (t->pass.token_per_seq > 1.0)
        (void)snprintf(more, sizeof more, ", %.6g drafted", t->pass.token_per_seq - 1.0);
    if (load->phase == TR_PHASE_DECODE && t->pass.prefill_seq > 0.0) {
        (void)tr_quantity_format(t->pass.prefill_query_token, TR_UNIT_CONTEXT, chunk, sizeof chunk);
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), ", %.20s of a prompt", chunk);
    }
    if (t->pass.routing_skew_ratio > 0.0) {
        (void)tr_text_fixed(skew, sizeof skew, t->pass.routing_skew_ratio, 2);
        (void)snprintf(more + strlen(more), sizeof more - strlen(more), ", skew %.12s", skew);
    }
    (void)snprintf(text, size, "%.90s on %.60s: %s by operator, batch %.6g at %s tokens of context%s",
                   t->question->model->name, t->question->system->name, tr_phase_name(load->phase), load->batch_seq,
                   context, more);
}

tr_status tr_answer_operators(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                              tr_sink *sink, tr_error *err)
{
    op_table t;
    tr_notes notes;
    tr_status s = table_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields, .name = "operators", .count = t.count, .at = row_at, .context = &t,
                          .scenario = scenario, .notes = &notes};
    if (style->format == TR_FORMAT_JSON) {
        tr_json json;
        tr_document_begin(&json, sink, 1, scenario, NULL);
        tr_json_key_string(&json, "physics", tr_physics_name(question->physics));
        tr_question_json(question, &json);
        tr_json_key_number(&json, "step_s", t.step.step_s);
        tr_json_key_array(&json, "operators");
        s = tr_rows_json(&rows, &json, err);
        if (s != TR_OK)
            return s;
        tr_json_close(&json);
        tr_notes_json(&notes, &json);
        tr_json_close(&json);
        return tr_written(tr_json_finish(&json), err);
    }
    if (style->format != TR_FORMAT_TEXT)
        return tr_rows_write(&rows, style, sink, err);
    char text[320];
    tr_writer out;
    tr_writer_begin(&out, sink);
    title_of(&t, text, sizeof text);
    tr_write_text(&out, text);
    tr_write_char(&out, '\n');
    tr_print_setting(question, &out);
    tr_write_char(&out, '\n');
    tr_fields_table_head(&row_fields, &out);
    for (size_t i = 0; i < t.count; i++)
        tr_fields_table_row(&row_fields, &t.row[i], &out);
    tr_write_char(&out, '\n');
    tr_print_quantity(&out, "step", t.step.step_s, TR_UNIT_SECOND,
                      question->layout.overlap ? "operators beside links, two micro-batches"
                                               : "one after another; work is that of one chip");
    if (!t.is_plain)
        tr_print_quantity(&out, "the plain step", t.plain.step_s, TR_UNIT_SECOND,
                          "a token for each sequence, experts chosen evenly");
    if (question->physics == TR_PHYSICS_FITTED)
        tr_print_line(&out, "calibration", question->calibration.origin, NULL);
    tr_notes_text(&notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_figure_operators(const tr_scenario *scenario, const tr_problem *question,
                                     const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    static const tr_role role[] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM, TR_ROLE_FIXED};
    const int fitted = question->physics == TR_PHYSICS_FITTED;
    const char *const name[] = {"multiplying", "reading weights", "reading the KV cache", "on links",
                                fitted ? "before links, between" : "before links"};
    op_table t;
    double bar[5][BARS_MAX];
    const char *label[BARS_MAX];
    tr_series series[5];
    char title[160], subtitle[448], share[32], place[64];
    const tr_status s = table_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    const size_t n = t.count < BARS_MAX ? t.count : BARS_MAX;
    size_t shown = 0;
    for (size_t i = 0; i < n; i++)
        label[i] = t.row[i].name;
    for (int b = 0; b < 5; b++) {
        double most = 0.0;
        for (size_t i = 0; i < n; i++) {
            bar[b][i] = t.row[i].by_limit_s[b];
            most = bar[b][i] > most ? bar[b][i] : most;
        }
        if (most > 0.0)
            series[shown++] =
                (tr_series){.name = name[b], .kind = TR_SERIES_BARS, .role = role[b], .x = bar[b], .n = n};
    }
    (void)tr_quantity_format(t.row[0].share_ratio, TR_UNIT_RATIO, share, sizeof share);
    (void)snprintf(title, sizeof title, "Where a step goes: %s of it %s%s", share, t.row[0].is_rest ? "" : "in ",
                   t.row[0].is_rest ? "between operators" : t.row[0].name);
    (void)tr_quantity_format(t.step.step_s, TR_UNIT_SECOND, place, sizeof place);
    char what[320];
    title_of(&t, what, sizeof what);
    (void)snprintf(subtitle, sizeof subtitle, "%s: %s", what, place);
    const tr_figure figure = {.title = title,
                              .subtitle = subtitle,
                              .caption = "Each operator's time, by what bounds it.",
                              .source = fitted ? "Fitted physics: equations R26, F3; the rest is between operators."
                                               : "Ops physics: equations R25, R27.",
                              .x = {.label = "time in the step", .unit = TR_UNIT_SECOND},
                              .series = series,
                              .series_count = shown,
                              .bar_labels = label};
    return tr_figure_draw(&figure, target, sink, err);
}
