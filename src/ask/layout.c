/* ask/layout.c -- the answer of `layout`: every legal layout side by side, and why one wins. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/step_row.h"
#include "base/fail.h"
#include "pass/work.h"
#include "rate/op_rate.h"
#include "write/print.h"
#include "write/rows.h"

enum { LAYOUTS_MAX = 512, SHOWN_MAX = 16, BARS_MAX = 12, TERMS = 6 };

/* The question in one layout. */
typedef struct place {
    tr_step_row pass;            /* first: its question names the row, and is `in` */
    tr_problem in;
    tr_hold hold;
    tr_step ops;
    double up_byte, out_byte;    /* a chip sends in a step, inside the domain and beyond */
} place;

typedef struct sheet {
    const tr_problem *question;
    size_t count, found;         /* of all valid layouts, those looked at */
    unsigned short order[LAYOUTS_MAX];
    tr_layout all[LAYOUTS_MAX];
    double rate[LAYOUTS_MAX];    /* to order by: tokens a second; those that do not fit behind, by what they lack */
    double predicted[LAYOUTS_MAX]; /* the same as predicted: the order of equals, as all bounds may be */
    place row;                   /* the one looked at last */
} sheet;

static void send(void *context, const pass_work *w, const tr_op *op)
{
    place *p = context;
    const double n = w->repeat * op->count;
    tr_collective c;
    if (!tr_op_is_link(op->op_class) ||
        tr_collective_of(w->system, tr_op_collective_kind(op->op_class), op->group_chip, op->message_byte,
                         op->across_byte, &c, NULL) != TR_OK)
        return;
    if (op->op_class == TR_OP_ALL_TO_ALL) {
        p->up_byte += n * op->message_byte;
        p->out_byte += n * op->across_byte;
    } else {
        *(c.scaleout ? &p->out_byte : &p->up_byte) += n * c.link_byte;
    }
}

/* What its operators say where it fits: the traffic on the links. */
static void walk_links(place *p)
{
    const tr_problem *q = &p->in;
    pass_work w;
    tr_pass pass;
    if (!p->pass.fits || tr_problem_step(q, TR_PHYSICS_OPS, &q->load, &p->ops, NULL) != TR_OK ||
        tr_pass_of(&q->load, &pass, NULL) != TR_OK || tr_pass_work_of(&q->shard, &w, NULL) != TR_OK ||
        tr_pass_work_load(&w, &pass, NULL) != TR_OK)
        return;
    tr_pass_walk(&w, send, p);
}

static tr_status place_of(const tr_problem *question, const tr_layout *layout, place *out, tr_error *err)
{
    tr_error why;
    memset(out, 0, sizeof *out);
    const tr_status s = tr_question_in(question, question->system, layout, &out->in, err);
    out->in.layout_given = 1; /* each is looked at for itself */
    if (s != TR_OK)
        return s;
    out->hold = tr_hold_of(&out->in, question->load.batch_seq, tr_held_token(&question->load));
    if (tr_step_row_of(&out->in, &question->load, &out->pass, &why) != TR_OK)
        out->pass = tr_step_row_none(&out->in, &question->load, &why);
    walk_links(out);
    return TR_OK;
}

static int is_better(const sheet *t, size_t a, size_t b)
{
    return t->rate[a] > t->rate[b] || (!(t->rate[a] < t->rate[b]) && t->predicted[a] > t->predicted[b]);
}

static tr_status rank(sheet *t, size_t index, tr_error *err)
{
    place *p = &t->row;
    t->all[index].overlap = t->question->layout.overlap;
    const tr_status s = place_of(t->question, &t->all[index], p, err);
    if (s != TR_OK)
        return s;
    const tr_step_row *pass = &p->pass;
    t->rate[index] = pass->fits ? pass->step.token_per_s : p->hold.left_byte < 0.0 ? p->hold.left_byte : -0.5;
    t->predicted[index] = pass->is_predicted ? pass->predicted.token_per_s : 0.0;
    size_t k = index;
    for (; k > 0 && is_better(t, index, t->order[k - 1]); k--)
        t->order[k] = t->order[k - 1];
    t->order[k] = (unsigned short)index;
    return TR_OK;
}

/* The sheet of a question; allocated, free() it. */
static tr_status sheet_of(const tr_scenario *scenario, const tr_problem *question, sheet **out, tr_error *err)
{
    if (question->blackboard)
        return tr_fail(err, TR_ECONFLICT, "model", 0.0,
                       "a model or system given as numbers has no layouts: name a model and a chip of the catalog");
    sheet *t = malloc(sizeof *t);
    if (t == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    t->question = question;
    t->count = t->found = 0;
    tr_status s = tr_layout_list(question->model, question->system, question->engine, t->all, LAYOUTS_MAX, &t->found,
                                 err);
    s = s == TR_ECAPACITY ? TR_OK : s;
    for (size_t i = 0; s == TR_OK && i < t->found && i < LAYOUTS_MAX; i++)
        if (tr_layout_as_told(scenario, question->model, &t->all[i]))
            t->all[t->count++] = t->all[i];
    if (s == TR_OK && t->count == 0)
        s = tr_fail(err, TR_ENOFIT, "tp_rank", 0.0, "no valid layout uses all of the system's chips this way");
    for (size_t i = 0; s == TR_OK && i < t->count; i++)
        s = rank(t, i, err);
    if (s != TR_OK) {
        free(t);
        return s;
    }
    *out = t;
    return TR_OK;
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    sheet *t = context;
    return place_of(t->question, &t->all[t->order[index]], &t->row, err) == TR_OK ? &t->row : NULL;
}

static double if_fits(const place *row, double value) { return row->pass.fits ? value : (double)NAN; }

#define NUMBER(NAME, VALUE) TR_NUMBER(place, NAME, VALUE)
#define HELD(NAME, OF) NUMBER(NAME, OF(&row->hold))
NUMBER(batch, row->hold.batch_seq)
NUMBER(context, row->hold.context_token)
HELD(weight, tr_hold_weights)
HELD(seq, tr_hold_seq)
HELD(activation, tr_hold_activations)
HELD(buffers, tr_hold_buffers)
HELD(reserve, tr_hold_reserve)
HELD(room, tr_hold_room)
NUMBER(most, row->hold.max_batch_seq)
NUMBER(up, if_fits(row, row->up_byte))
NUMBER(beyond, if_fits(row, row->out_byte))
NUMBER(ops, if_fits(row, row->ops.step_s))
NUMBER(comm, if_fits(row, row->ops.comm_s + row->ops.fixed_s))
NUMBER(chip, row->pass.step.token_per_s_per_chip)
TR_TEXT(place, physics, tr_physics_name(row->in.physics))
TR_FLAG(place, fits, row->pass.fits)
TR_TEXT(place, reason, row->pass.fits ? NULL : row->pass.why.text)

static const tr_field fields[] = {
    TR_QUESTION_NAMES,
    TR_QUESTION_PRICE,
    TR_N_HEAD("layout.tp", NONE, "tp", 3, tr_question_tp),
    TR_N_HEAD("layout.ep", NONE, "ep", 4, tr_question_ep),
    TR_N_HEAD("layout.pp", NONE, "pp", 3, tr_question_pp),
    TR_N_HEAD("layout.dp", NONE, "dp", 3, tr_question_dp),
    TR_N_HEAD("layout.replicas", NONE, "x", 3, tr_question_replicas),
    TR_N("batch_seq", SEQ, batch),
    TR_N("context_token", CONTEXT, context),
    TR_N("chip.weight_byte", BYTE, weight),
    TR_N("chip.activation_byte", BYTE, activation),
    TR_N("chip.buffer_byte", BYTE, buffers),
    TR_N("chip.reserve_byte", BYTE, reserve),
    TR_N_HEAD("chip.cache_room_byte", BYTE, "for cache", 9, room),
    TR_N("chip.cache_byte_per_seq", BYTE, seq),
    TR_N_HEAD("max_batch_seq", SEQ, "max batch", 9, most),
    TR_N("scaleup_byte", BYTE, up),
    TR_N("scaleout_byte", BYTE, beyond),
    TR_N("link_s", SECOND, comm),
    TR_T("physics", physics),
    TR_N("step_s", SECOND, tr_pass_time),
    TR_N_HEAD("step_s_bound", SECOND, "bound", 9, tr_pass_time_bound),
    TR_N("step_s_ops", SECOND, ops),
    TR_N_HEAD("step_s_predicted", SECOND, "predicted", 9, tr_pass_time_predicted),
    TR_N_HEAD("step_s_low", SECOND, "low", 9, tr_pass_time_low),
    TR_N_HEAD("step_s_high", SECOND, "high", 9, tr_pass_time_high),
    TR_T("limited_by", tr_pass_limited_by),
    TR_N("token_per_s", TOKEN_PER_S, tr_pass_rate),
    TR_PASS_RATE_BESIDE,
    TR_N("token_per_s_per_seq", TOKEN_PER_S, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N("token_per_s_per_chip", NONE, chip),
    TR_N_HEAD("usd_per_mtoken", USD, "$/Mtoken", 8, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_F("fits", fits),
    TR_T("reason", reason),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* Parts that add up to the step: of a bound only the side that takes it all. */
static void terms_of(const place *p, double *term)
{
    const tr_step *s = &p->pass.step;
    const int bound = p->in.physics == TR_PHYSICS_BOUND, multiplies = s->limit == TR_LIMIT_COMPUTE;
    const double compute_s = bound && !multiplies ? 0.0 : s->compute_s;
    const double weights_s = bound && multiplies ? 0.0 : s->weights_s, kv_s = bound && multiplies ? 0.0 : s->kv_s;
    const double of[TERMS] = {compute_s, weights_s, kv_s, s->comm_s, s->fixed_s, s->host_s + s->crossing_s};
    memcpy(term, of, sizeof of);
}

/* What the winner saves, against the next one: NULL where there is none that fits. */
static void why(const place *first, const tr_layout *second, const double *their, double their_token_per_s, char *out,
                size_t size)
{
    static const char *const work[TERMS] = {"multiplies", "weights", "caches", "links", "fixed costs", "the host"};
    char a[96], b[96], mine[32], theirs[32], ratio[32];
    double my[TERMS];
    int most = 0;
    (void)tr_layout_format(&first->in.layout, a, sizeof a);
    if (second == NULL) {
        (void)snprintf(out, size, "%s is the only layout in which this batch fits", a);
        return;
    }
    (void)tr_layout_format(second, b, sizeof b);
    const double gain = first->pass.step.token_per_s / their_token_per_s;
    if (!(gain > 1.0005) && first->in.physics == TR_PHYSICS_BOUND) {
        (void)snprintf(out, size, "the lower bound is the same in every layout; %s is predicted to come closest",
                       a);
        return;
    }
    if (!(gain > 1.0005)) {
        (void)snprintf(out, size, "%s and %s are equally fast", a, b);
        return;
    }
    terms_of(first, my);
    for (int i = 1; i < TERMS; i++)
        if (their[i] - my[i] > their[most] - my[most])
            most = i;
    (void)tr_quantity_format(my[most], TR_UNIT_SECOND, mine, sizeof mine);
    (void)tr_quantity_format(their[most], TR_UNIT_SECOND, theirs, sizeof theirs);
    (void)snprintf(ratio, sizeof ratio, "%.3g", gain);
    (void)snprintf(out, size,
                   "%s wins with %s times the tokens of the next, %s: %s take %s of its step, %s of the other's", a,
                   ratio, b, work[most], mine, theirs);
}

static tr_status reason_of(sheet *t, char *out, size_t size, tr_error *err)
{
    tr_layout second = t->all[t->order[0]];
    double their[TERMS] = {0}, their_token_per_s = 0.0;
    int has_second = 0;
    if (t->count > 1) {
        if (row_at(t, 1, err) == NULL)
            return TR_EDOMAIN;
        has_second = t->row.pass.fits;
        second = t->row.in.layout;
        terms_of(&t->row, their);
        their_token_per_s = t->row.pass.step.token_per_s;
    }
    if (row_at(t, 0, err) == NULL)
        return TR_EDOMAIN;
    if (t->row.pass.fits)
        why(&t->row, has_second ? &second : NULL, their, their_token_per_s, out, size);
    else
        (void)snprintf(out, size, "no layout fits this load; the first comes closest: %s", t->row.pass.why.text);
    return TR_OK;
}

static void title_of(const sheet *t, char *text, size_t size)
{
    const tr_load *load = &t->question->load;
    char context[32];
    (void)tr_quantity_format(load->context_token, TR_UNIT_CONTEXT, context, sizeof context);
    (void)snprintf(text, size, "%.90s on %.60s: layouts, %s of batch %.6g at %s tokens of context",
                   t->question->model->name, t->question->system->name, tr_phase_name(load->phase), load->batch_seq,
                   context);
}

static const char *ranked_by(tr_physics physics)
{
    return physics == TR_PHYSICS_FITTED ? "the predicted step"
           : physics == TR_PHYSICS_OPS  ? "the step by operators"
                                        : "the lower bound, equals by the predicted step";
}

static tr_status write_text(sheet *t, const tr_notes *notes, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[700];
    tr_writer out;
    tr_writer_begin(&out, sink);
    title_of(t, text, sizeof text);
    tr_write_text(&out, text);
    tr_write_char(&out, '\n');
    tr_print_setting(t->question, &out);
    tr_write_char(&out, '\n');
    tr_fields_table_head(&row_fields, &out);
    for (size_t i = 0; i < t->count && i < SHOWN_MAX; i++) {
        const void *row = row_at(t, i, err);
        if (row == NULL)
            return TR_EDOMAIN;
        tr_fields_table_row(&row_fields, row, &out);
    }
    if (t->count > SHOWN_MAX) {
        (void)snprintf(text, sizeof text, "  and %zu more, slower or too large: --csv has them all\n",
                       t->count - SHOWN_MAX);
        tr_write_text(&out, text);
    }
    tr_write_char(&out, '\n');
    const tr_status s = reason_of(t, text, sizeof text, err);
    if (s != TR_OK)
        return s;
    tr_print_wrapped(&out, "why: ", "     ", text, style->columns);
    (void)snprintf(text, sizeof text,
                   "ranked by %s; for cache: space on one chip for the KV cache; low to high is the 90 %% interval; "
                   "dp: attention ranks that share one set of experts; x: replicas of the whole model; "
                   "calibration %.120s",
                   ranked_by(t->question->physics),
                   t->question->calibration.origin);
    tr_print_wrapped(&out, "     ", "     ", text, style->columns);
    if (t->found > LAYOUTS_MAX) {
        (void)snprintf(text, sizeof text, "the first %d of %zu valid layouts: --tp, --pp and --dp ask for others",
                       LAYOUTS_MAX, t->found);
        tr_print_wrapped(&out, "     ", "     ", text, style->columns);
    }
    tr_notes_text(notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_json(sheet *t, const tr_rows *rows, tr_sink *sink, tr_error *err)
{
    const tr_problem *q = t->question;
    char text[700];
    tr_json json;
    tr_status s = reason_of(t, text, sizeof text, err);
    if (s != TR_OK)
        return s;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_string(&json, "physics", tr_physics_name(q->physics));
    tr_json_key_string(&json, "calibration", q->calibration.origin);
    tr_json_key_string(&json, "why", text);
    tr_json_key_array(&json, rows->name);
    s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_layout(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    sheet *t = NULL;
    tr_notes notes;
    tr_status s = sheet_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &row_fields, .name = "layouts", .count = t->count, .at = row_at, .context = t,
                          .scenario = scenario, .notes = &notes};
    s = style->format == TR_FORMAT_TEXT   ? write_text(t, &notes, style, sink, err)
        : style->format == TR_FORMAT_JSON ? write_json(t, &rows, sink, err)
                                          : tr_rows_write(&rows, style, sink, err);
    free(t);
    return s;
}

static tr_status draw(sheet *t, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    static const tr_role role[TERMS] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM,
                                         TR_ROLE_FIXED,   TR_ROLE_OTHER};
    static const char *const name[TERMS] = {"multiplying", "reading weights", "reading caches", "on links", "fixed",
                                             "on the host"};
    const tr_problem *question = t->question;
    static const char *const source[] = {"Lower bound: equation R1.", "Ops physics: equations R27, L1.",
                                         "Fitted physics: equations F3, L1."};
    double bar[TERMS][BARS_MAX], term[TERMS], low[BARS_MAX], high[BARS_MAX], bound[BARS_MAX];
    char label[BARS_MAX][96], title[160], subtitle[256];
    const char *labels[BARS_MAX];
    tr_series series[TERMS];
    size_t n = 0, shown = 0;
    for (size_t i = 0; i < t->count && n < BARS_MAX; i++) {
        const place *p = row_at(t, i, err);
        if (p == NULL)
            return TR_EDOMAIN;
        if (!p->pass.fits)
            break; /* they come last */
        terms_of(p, term);
        for (int b = 0; b < TERMS; b++)
            bar[b][n] = term[b];
        const tr_quantity time_s = tr_step_row_time_s(&p->pass);
        low[n] = time_s.low;
        high[n] = time_s.high;
        bound[n] = time_s.bound;
        (void)tr_layout_format(&p->in.layout, label[n], sizeof label[n]);
        labels[n] = label[n];
        n++;
    }
    if (n == 0)
        return tr_check_fits(question, question->load.batch_seq, tr_held_token(&question->load), err);
    for (int b = 0; b < TERMS; b++) {
        double most = 0.0;
        for (size_t i = 0; i < n; i++)
            most = bar[b][i] > most ? bar[b][i] : most;
        if (most > 0.0)
            series[shown++] =
                (tr_series){.name = name[b], .kind = TR_SERIES_BARS, .role = role[b], .x = bar[b], .n = n};
    }
    (void)snprintf(title, sizeof title, "%s is %s", label[0],
                   n < 2                                       ? "the only layout that fits"
                   : question->physics == TR_PHYSICS_BOUND ? "predicted to come closest to the lower bound of all"
                                                               : "the fastest of these layouts");
    title_of(t, subtitle, sizeof subtitle);
    const tr_figure figure = {.title = title,
                              .subtitle = subtitle,
                              .caption = target->terminal
                                             ? "A step by what its operators wait for; |--| is the 90 % interval of "
                                               "the predicted step, ^ its lower bound. Only layouts that fit the batch."
                                             : "A step by what its operators wait for, with the 90 % interval of the "
                                               "predicted step and its lower bound (dashed). Only layouts that fit "
                                               "the batch.",
                              .source = source[question->physics],
                              .x = {.label = "time of a step", .unit = TR_UNIT_SECOND},
                              .series = series,
                              .series_count = shown,
                              .bar_labels = labels,
                              .whiskers = {low, high, bound}};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_layout(const tr_scenario *scenario, const tr_problem *question,
                                  const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    sheet *t = NULL;
    tr_status s = sheet_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    s = draw(t, target, sink, err);
    free(t);
    return s;
}
