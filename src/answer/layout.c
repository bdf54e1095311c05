/* answer/layout.c -- the answer of `layout`: every legal layout side by side, and why one wins. */
#include <tokenroof/shard.h>
#include <tokenroof/pass.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "answer/expected.h"
#include "answer/print.h"
#include "answer/rows.h"
#include "base/fail.h"
#include "step/op_work.h"

enum { LAYOUTS_MAX = 512, SHOWN_MAX = 16, BARS_MAX = 12 };

typedef struct place {
    tr_layout layout;
    tr_layout_memory memory;
    int fits;
    tr_step step;                /* by operators */
    tr_step expected;            /* fitted physics; else the same */
    double up_byte, out_byte;    /* a chip sends in a step, inside the domain and beyond */
    double by_bound_s[5];
} place;

typedef struct sheet {
    const tr_problem *question;
    tr_load load;
    size_t count;
    unsigned short order[LAYOUTS_MAX];
    tr_layout all[LAYOUTS_MAX];
    float rate[LAYOUTS_MAX];     /* to order by: tokens a second, and those that do not fit behind */
    place row;
} sheet;

static void add(void *context, const op_work *w, const tr_op *op)
{
    place *p = context;
    tr_op_time time;
    if (tr_op_roof_time(op, w->system, &time, NULL) != TR_OK)
        return;
    p->by_bound_s[time.bound] += w->repeat * time.total_s;
    if (op->scaleout)
        p->out_byte += w->repeat * op->count * op->link_byte;
    else
        p->up_byte += w->repeat * op->count * op->link_byte;
}

/* What a server of this layout is expected to take: never less than its operators. */
static int expected_of(const tr_problem *question, const tr_load *load, place *p)
{
    tr_fitted fitted;
    tr_step step;
    if (tr_fitted_of(&question->fitted.calibration, question->model, question->system, &question->dtypes, &p->layout,
                     &fitted, NULL) != TR_OK ||
        tr_fitted_step(&fitted, question->model, load, &step, NULL) != TR_OK)
        return 0;
    tr_expected_raise(&step, p->step.step_s);
    p->expected = step;
    return 1;
}

static tr_status place_of(const tr_problem *question, const tr_load *load, const tr_layout *layout, place *out,
                          tr_error *err)
{
    op_work w;
    tr_pass pass;
    memset(out, 0, sizeof *out);
    out->layout = *layout;
    const double query = load->phase == TR_PHASE_PREFILL ? load->query_token : 1.0;
    const double ranks = layout->dp_rank * layout->replica_count;
    const double token = load->batch_seq / ranks > 1.0 ? load->batch_seq / ranks * query : query;
    tr_status s = tr_layout_memory_of(question->model, question->system, layout, &question->dtypes,
                                      load->context_token + (load->phase == TR_PHASE_PREFILL ? query : 0.0), token,
                                      &out->memory, err);
    if (s != TR_OK)
        return s;
    s = tr_operator_step(question->model, question->system, layout, &question->dtypes, load, &out->step, err);
    if (s != TR_OK && s != TR_ENOFIT)
        return s;
    out->fits = s == TR_OK && out->memory.max_batch_seq >= load->batch_seq;
    if (s == TR_ENOFIT) {
        out->step.step_s = out->step.token_per_s_per_chip = out->step.token_per_s_per_seq = (double)NAN;
        out->step.comm_s = out->step.fixed_s = out->step.token_per_s = (double)NAN;
        out->step.low_s = out->step.high_s = (double)NAN;
        out->expected = out->step;
        return TR_OK;
    }
    out->expected = out->step;
    if (question->physics == TR_PHYSICS_FITTED)
        out->fits = expected_of(question, load, out) && out->fits;
    s = tr_op_work_of(question->model, question->system, layout, &question->dtypes, &w, err);
    if (s == TR_OK)
        s = tr_pass_of(load, &pass, err);
    if (s == TR_OK)
        s = tr_op_work_pass(&w, &pass, err);
    if (s == TR_OK)
        tr_op_walk(&w, add, out);
    return s;
}

/* Only layouts that agree with what was told. */
static int wanted(const tr_scenario *scenario, const tr_layout *y)
{
    static const tr_input_id id[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    const double rank[] = {y->tp_rank, y->ep_rank, y->pp_rank, y->dp_rank};
    for (int i = 0; i < 4; i++)
        if (tr_input_is_set(scenario, id[i]) && tr_input_number(scenario, id[i]) != rank[i])
            return 0;
    return 1;
}

static tr_status sheet_of(const tr_scenario *scenario, const tr_problem *question, sheet *t, tr_error *err)
{
    t->question = question;
    t->load = question->load;
    t->count = 0;
    size_t found = 0, kept = 0;
    tr_status s = tr_layout_list(question->model, question->system, t->all, LAYOUTS_MAX, &found, err);
    if (s != TR_OK && s != TR_ECAPACITY)
        return s;
    found = found < LAYOUTS_MAX ? found : LAYOUTS_MAX;
    for (size_t i = 0; i < found; i++)
        if (wanted(scenario, &t->all[i]))
            t->all[kept++] = t->all[i];
    if (kept == 0)
        return tr_fail(err, TR_ENOFIT, "tp_rank", 0.0, "no legal layout uses all of the system's chips so");
    for (size_t i = 0; i < kept; i++) {
        t->all[i].overlap = question->layout.overlap;
        s = place_of(question, &t->load, &t->all[i], &t->row, err);
        if (s != TR_OK)
            return s;
        t->rate[i] = t->row.fits ? (float)t->row.expected.token_per_s
                                 : -(float)(t->row.memory.weight_byte / t->row.memory.capacity_byte);
        size_t k = i;
        for (; k > 0 && t->rate[t->order[k - 1]] < t->rate[i]; k--)
            t->order[k] = t->order[k - 1];
        t->order[k] = (unsigned short)i;
    }
    t->count = kept;
    return TR_OK;
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    sheet *t = context;
    return place_of(t->question, &t->load, &t->all[t->order[index]], &t->row, err) == TR_OK ? &t->row : NULL;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(place, NAME, VALUE)
NUMBER(tp, row->layout.tp_rank)
NUMBER(dp, row->layout.dp_rank)
NUMBER(ep, row->layout.ep_rank)
NUMBER(pp, row->layout.pp_rank)
NUMBER(replicas, row->layout.replica_count)
NUMBER(weight, row->memory.weight_byte)
NUMBER(kv, row->memory.kv_byte_per_seq)
NUMBER(activation, row->memory.activation_byte)
NUMBER(buffers, row->memory.collective_byte)
NUMBER(reserve, row->memory.reserve_byte)
NUMBER(most, row->memory.max_batch_seq)
NUMBER(up, row->up_byte)
NUMBER(beyond, row->out_byte)
NUMBER(comm, row->step.comm_s + row->step.fixed_s)
NUMBER(step, row->step.step_s)
NUMBER(expected, row->expected.step_s)
NUMBER(low, row->expected.low_s)
NUMBER(high, row->expected.high_s)
NUMBER(each, row->expected.token_per_s_per_seq)
NUMBER(chip, row->expected.token_per_s_per_chip)
TR_FLAG(place, fits, row->fits)
TR_TEXT(place, fits_word, row->fits ? "yes" : "no")

static const tr_field fields[] = {
    TR_N_HEAD("layout.tp", NONE, "tp", 4, tp),
    TR_N_HEAD("layout.ep", NONE, "ep", 4, ep),
    TR_N_HEAD("layout.pp", NONE, "pp", 3, pp),
    TR_N_HEAD("layout.dp", NONE, "dp", 4, dp),
    TR_N_HEAD("layout.replicas", NONE, "x", 3, replicas),
    TR_N_HEAD("memory.weight_byte", BYTE, "weights", 9, weight),
    TR_N_HEAD("memory.kv_byte_per_seq", BYTE, "KV/seq", 9, kv),
    TR_N("memory.activation_byte", BYTE, activation),
    TR_N("memory.collective_byte", BYTE, buffers),
    TR_N("memory.reserve_byte", BYTE, reserve),
    TR_N_HEAD("max_batch_seq", SEQ, "max batch", 9, most),
    TR_N_HEAD("scaleup_byte", BYTE, "link", 9, up),
    TR_N_HEAD("scaleout_byte", BYTE, "network", 9, beyond),
    TR_N_HEAD("link_s", SECOND, "on links", 9, comm),
    TR_N_HEAD("step_s", SECOND, "step", 9, step),
    TR_N("expected_s", SECOND, expected),
    TR_N("low_s", SECOND, low),
    TR_N("high_s", SECOND, high),
    TR_N("token_per_s_per_seq", TOKEN_PER_S, each),
    TR_N_HEAD("token_per_s_per_chip", NONE, "tok/s/chip", 10, chip),
    TR_F("fits", fits),
    TR_T_HEAD(NULL, "fits", 4, fits_word),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

/* The table of fitted physics: its step in place of the traffic, which --csv has. */
static const tr_field fitted_fields[] = {
    TR_N_HEAD("layout.tp", NONE, "tp", 4, tp),
    TR_N_HEAD("layout.ep", NONE, "ep", 4, ep),
    TR_N_HEAD("layout.pp", NONE, "pp", 3, pp),
    TR_N_HEAD("layout.dp", NONE, "dp", 4, dp),
    TR_N_HEAD("layout.replicas", NONE, "x", 3, replicas),
    TR_N_HEAD("memory.weight_byte", BYTE, "weights", 9, weight),
    TR_N_HEAD("max_batch_seq", SEQ, "max batch", 9, most),
    TR_N_HEAD("step_s", SECOND, "operators", 9, step),
    TR_N_HEAD("expected_s", SECOND, "expected", 9, expected),
    TR_N_HEAD("low_s", SECOND, "from", 9, low),
    TR_N_HEAD("high_s", SECOND, "to", 9, high),
    TR_N_HEAD("token_per_s_per_chip", NONE, "tok/s/chip", 10, chip),
    TR_T_HEAD(NULL, "fits", 4, fits_word),
};
static const tr_fields fitted_row_fields = {fitted_fields, sizeof fitted_fields / sizeof fitted_fields[0]};

static const tr_fields *table_of(const sheet *t)
{
    return t->question->physics == TR_PHYSICS_FITTED ? &fitted_row_fields : &row_fields;
}

static void name_of(const tr_layout *y, char *out, size_t size)
{
    char dp[24] = "", ep[24] = "", pp[24] = "", copies[24] = "";
    if (y->dp_rank > 1.0)
        (void)snprintf(dp, sizeof dp, " dp %.0f", y->dp_rank);
    if (y->ep_rank > 1.0)
        (void)snprintf(ep, sizeof ep, " ep %.0f", y->ep_rank);
    if (y->pp_rank > 1.0)
        (void)snprintf(pp, sizeof pp, " pp %.0f", y->pp_rank);
    if (y->replica_count > 1.0)
        (void)snprintf(copies, sizeof copies, " x %.0f", y->replica_count);
    (void)snprintf(out, size, "tp %.0f%s%s%s%s", y->tp_rank, dp, ep, pp, copies);
}

/* What the winner saves, against the next one. */
static void why(const place *first, const place *second, char *out, size_t size)
{
    static const char *const work[] = {"multiplies", "reads weights", "reads the KV cache", "is on links",
                                       "waits for links to start"};
    char a[96], b[96], mine[32], theirs[32], ratio[32];
    name_of(&first->layout, a, sizeof a);
    if (second == NULL || !second->fits) {
        (void)snprintf(out, size, "%s is the only layout in which this batch fits", a);
        return;
    }
    name_of(&second->layout, b, sizeof b);
    int most = 0;
    for (int i = 1; i < 5; i++)
        if (second->by_bound_s[i] - first->by_bound_s[i] > second->by_bound_s[most] - first->by_bound_s[most])
            most = i;
    const double gain = first->expected.token_per_s / second->expected.token_per_s;
    if (!(gain > 1.0005)) {
        (void)snprintf(out, size, "%s and %s are equally fast", a, b);
        return;
    }
    (void)tr_quantity_format(first->by_bound_s[most], TR_UNIT_SECOND, mine, sizeof mine);
    (void)tr_quantity_format(second->by_bound_s[most], TR_UNIT_SECOND, theirs, sizeof theirs);
    (void)snprintf(ratio, sizeof ratio, "%.3g", gain);
    (void)snprintf(out, size, "%s wins with %s times the tokens of the next, %s: of a step it %s for %s where the "
                   "other does for %s", a, ratio, b, work[most], mine, theirs);
}

static tr_status reason_of(sheet *t, char *out, size_t size, tr_error *err)
{
    place second;
    if (t->count > 1 && row_at(t, 1, err) == NULL)
        return TR_EDOMAIN;
    second = t->row;
    if (row_at(t, 0, err) == NULL)
        return TR_EDOMAIN;
    if (t->row.fits)
        why(&t->row, t->count > 1 ? &second : NULL, out, size);
    else
        (void)snprintf(out, size, "no layout has room for this batch of this context beside the weights");
    return TR_OK;
}

static void title_of(const sheet *t, char *text, size_t size)
{
    char context[32];
    (void)tr_quantity_format(t->load.context_token, TR_UNIT_CONTEXT, context, sizeof context);
    (void)snprintf(text, size, "%.90s on %.60s: layouts, %s of batch %.6g at %s tokens of context",
                   t->question->model->name, t->question->system->name, tr_phase_name(t->load.phase), t->load.batch_seq,
                   context);
}

static tr_status write_text(sheet *t, const tr_notes *notes, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const int fitted = t->question->physics == TR_PHYSICS_FITTED;
    char text[400];
    tr_writer out;
    tr_writer_begin(&out, sink);
    title_of(t, text, sizeof text);
    tr_write_text(&out, text);
    tr_write_char(&out, '\n');
    tr_print_setting(t->question, &out);
    tr_write_char(&out, '\n');
    tr_fields_table_head(table_of(t), &out);
    for (size_t i = 0; i < t->count && i < SHOWN_MAX; i++) {
        const void *row = row_at(t, i, err);
        if (row == NULL)
            return TR_EDOMAIN;
        tr_fields_table_row(table_of(t), row, &out);
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
    tr_print_wrapped(&out, "     ", "     ",
                     fitted ? "weights are what one chip holds; operators: at datasheet peak; nine in ten measurements "
                              "of such systems lie between from and to; dp copies attention, x copies all"
                            : "weights and KV/seq are what one chip holds; link and network what it sends in a step; "
                              "dp copies attention, x copies all", style->columns);
    if (fitted) {
        (void)snprintf(text, sizeof text, "calibration %s", t->question->fitted.calibration.origin);
        tr_print_wrapped(&out, "     ", "     ", text, style->columns);
    }
    tr_notes_text(notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_layout(const tr_scenario *scenario, const tr_problem *question, const tr_style *style, tr_sink *sink,
                           tr_error *err)
{
    sheet t;
    tr_notes notes;
    tr_status s = sheet_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&t, &notes, style, sink, err);
    const tr_rows rows = {.fields = &row_fields, .name = "layouts", .count = t.count, .at = row_at, .context = &t,
                          .scenario = scenario, .notes = &notes};
    if (style->format != TR_FORMAT_JSON)
        return tr_rows_write(&rows, style, sink, err);
    char text[400];
    tr_json json;
    s = reason_of(&t, text, sizeof text, err);
    if (s != TR_OK)
        return s;
    tr_document_begin(&json, sink, 1, scenario, NULL);
    tr_json_key_string(&json, "physics", tr_physics_name(question->physics));
    if (question->physics == TR_PHYSICS_FITTED)
        tr_json_key_string(&json, "calibration", question->fitted.calibration.origin);
    tr_json_key_string(&json, "why", text);
    tr_json_key_array(&json, "layouts");
    s = tr_rows_json(&rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_notes_json(&notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_figure_layout(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                                  tr_sink *sink, tr_error *err)
{
    enum { BOUNDS = 5, PARTS = 6 };
    static const tr_role role[] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM, TR_ROLE_FIXED,
                                   TR_ROLE_OTHER};
    static const char *const name[] = {"multiplying", "reading weights", "reading the KV cache", "on links",
                                       "before links", "beyond datasheet peaks"};
    const int fitted = question->physics == TR_PHYSICS_FITTED;
    sheet t;
    double bar[PARTS][BARS_MAX];
    char label[BARS_MAX][96], title[160], subtitle[256];
    const char *labels[BARS_MAX];
    tr_series series[PARTS];
    tr_status s = sheet_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    size_t n = 0, shown = 0;
    for (size_t i = 0; i < t.count && n < BARS_MAX; i++) {
        const place *p = row_at(&t, i, err);
        if (p == NULL)
            return TR_EDOMAIN;
        if (!p->fits)
            continue;
        for (int b = 0; b < BOUNDS; b++)
            bar[b][n] = p->by_bound_s[b];
        bar[BOUNDS][n] = p->expected.step_s - p->step.step_s;
        name_of(&p->layout, label[n], sizeof label[n]);
        labels[n] = label[n];
        n++;
    }
    if (n == 0)
        return tr_fail(err, TR_ENOFIT, "batch_seq", t.load.batch_seq,
                       "no layout has room for this batch of this context beside the weights");
    for (int b = 0; b < PARTS; b++) {
        double most = 0.0;
        for (size_t i = 0; i < n; i++)
            most = bar[b][i] > most ? bar[b][i] : most;
        if (most > 0.0)
            series[shown++] =
                (tr_series){.name = name[b], .kind = TR_SERIES_BARS, .role = role[b], .x = bar[b], .n = n};
    }
    (void)snprintf(title, sizeof title, "%s is the %s", label[0],
                   n > 1 ? "fastest of these layouts" : "only layout that fits");
    title_of(&t, subtitle, sizeof subtitle);
    const tr_figure figure = {.title = title,
                              .subtitle = subtitle,
                              .caption = fitted ? "A step by what bounds its operators, and what measured systems take "
                                                  "beyond datasheet peaks; only layouts with room for the batch."
                                                : "A step by what bounds its operators; only layouts with room for the "
                                                  "batch.",
                              .source = fitted ? "Fitted physics over ops physics: equations F3, R27, L1."
                                               : "Ops physics: equations R27, L1.",
                              .x = {.label = "time of a step", .unit = TR_UNIT_SECOND},
                              .series = series,
                              .series_count = shown,
                              .bar_labels = labels};
    return tr_figure_draw(&figure, target, sink, err);
}
