/* ask/whatif.c -- the answer of `whatif`: what each input is worth, as a page or as rows; or one named question. */
#include "ask/whatif.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

enum { NAME_WIDTH = 17, CELL = 7, SHOWN = 4, FACTORS = 3, BEST = 3 };
static const size_t shown[SHOWN] = {0, 1, 4, 5}; /* TTFT, TPOT, tokens/s, dollars */

/* ---- the page ------------------------------------------------------------------------------------------------ */

static const char *ratio_text(double ratio, char *out, size_t size)
{
    if (!isfinite(ratio))
        (void)tr_text_copy(out, size, "-");
    else
        (void)tr_text_fixed(out, size, ratio, ratio < 9.995 ? 2 : ratio < 99.95 ? 1 : 0);
    return out;
}

static void print_head(const tr_whatif *w, tr_writer *out)
{
    char text[1536], load[320], value[4][48];
    const tr_problem *q = w->base->question;
    const int priced = isfinite(w->metric[5].predicted);
    tr_predict_load_text(w->base, load, sizeof load);
    for (size_t i = 0; i < SHOWN; i++)
        (void)tr_print_three(w->metric[shown[i]].predicted, tr_metric_at(shown[i])->unit, value[i], sizeof value[i]);
    (void)snprintf(text, sizeof text,
                   "%s on %s (%s; weights %s, KV cache %s)\n%s\nas it is: TTFT %s, TPOT %s, %s tokens/s%s%s%s\n",
                   q->model->name, q->system->name,
                   q->engine->title[0] != '\0' ? q->engine->title : "no engine in particular",
                   tr_question_weights(q), tr_dtype_name(q->roof.kv_dtype), load, value[0], value[1],
                   value[2], priced ? ", " : "", priced ? value[3] : "", priced ? " per million output" : "");
    tr_write_text(out, text);
    tr_print_price(q, out);
    tr_write_char(out, '\n');
}

static const tr_whatif_row *find(const tr_whatif *w, const tr_change *change, double factor)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->row[i].change == change && w->row[i].factor == factor)
            return &w->row[i];
    return NULL;
}

static void print_cells(const tr_whatif_row *row, int last, tr_writer *out)
{
    char text[48];
    if (row == NULL || !row->fits) {
        const char *why = row == NULL ? "-" : row->status == TR_ENOFIT ? "does not fit" : "refused";
        tr_print_left(out, why, last ? 0 : SHOWN * CELL + 1);
        return;
    }
    for (size_t i = 0; i < SHOWN; i++)
        tr_print_left(out, ratio_text(row->ratio[shown[i]], text, sizeof text), last && i + 1 == SHOWN ? 0 : CELL);
    tr_write_text(out, last ? "" : " ");
}

static void print_table(const tr_whatif *w, tr_writer *out)
{
    static const char *const head[FACTORS] = {"x2", "x10", "/2"};
    static const char *const column[SHOWN] = {"TTFT", "TPOT", "tok/s", "$"};
    tr_print_left(out, "", NAME_WIDTH);
    for (size_t k = 0; k < FACTORS; k++)
        tr_print_left(out, head[k], k + 1 < FACTORS ? SHOWN * CELL + 1 : 0);
    tr_write_char(out, '\n');
    tr_print_left(out, "  times", NAME_WIDTH);
    for (size_t k = 0; k < FACTORS; k++) {
        for (size_t i = 0; i < SHOWN; i++)
            tr_print_left(out, column[i], k + 1 == FACTORS && i + 1 == SHOWN ? 0 : CELL);
        tr_write_text(out, k + 1 < FACTORS ? " " : "");
    }
    tr_write_char(out, '\n');
    int done[TR_WHATIF_MAX] = {0}; /* inputs stand in the order of their best row */
    for (size_t i = 0; i < w->count; i++) {
        const tr_change *change = w->row[i].change;
        const size_t at = (size_t)(change - tr_change_at(0));
        if (done[at]++ > 0)
            continue;
        tr_write_text(out, "  ");
        tr_print_left(out, w->row[i].input, NAME_WIDTH - 2);
        for (size_t k = 0; k < FACTORS; k++)
            print_cells(find(w, change, tr_whatif_factor[k]), k + 1 == FACTORS, out);
        tr_write_char(out, '\n');
    }
}

static void print_best(const tr_whatif *w, tr_writer *out)
{
    char text[640], gain[32], tpot[32], usd[32];
    const int priced = isfinite(w->metric[5].predicted);
    size_t n = 0;
    for (size_t i = 0; i < w->count && n < BEST; i++) {
        const tr_whatif_row *row = &w->row[i];
        if (row->change->kind == TR_CHANGE_LOAD || !(row->gain >= 1.005))
            continue;
        (void)snprintf(text, sizeof text, "%s%s %s%g: %s x%s, TPOT x%s%s%s  (%s)\n",
                       n++ == 0 ? "helps most   " : "             ", row->input, row->factor < 1.0 ? "/" : "x",
                       row->factor < 1.0 ? 1.0 / row->factor : row->factor,
                       w->base->clients.request_per_s > 0.0 ? "speed" : "tokens/s",
                       ratio_text(row->gain, gain, sizeof gain), ratio_text(row->ratio[1], tpot, sizeof tpot),
                       priced ? ", $ x" : "", priced ? ratio_text(row->ratio[5], usd, sizeof usd) : "", row->how);
        tr_write_text(out, n == 1 ? "\n" : "");
        tr_write_text(out, text);
    }
    if (n == 0)
        tr_write_text(out, "\nhelps most   no change of the system or the model that was tried\n");
}

static tr_status write_page(const tr_whatif *w, const tr_scenario *scenario, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    tr_writer out;
    tr_notes notes;
    tr_notes_of(scenario, w->base->question, &notes);
    tr_writer_begin(&out, sink);
    print_head(w, &out);
    print_table(w, &out);
    print_best(w, &out);
    tr_notes_text(&notes, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_whatif_row, NAME, VALUE)
TR_TEXT(tr_whatif_row, kind, tr_change_kind_name(row->change->kind))
TR_TEXT(tr_whatif_row, input, row->input)
NUMBER(factor, row->factor)
TR_TEXT(tr_whatif_row, question, row->question)
TR_TEXT(tr_whatif_row, how, row->how)
NUMBER(gain, row->fits ? row->gain : (double)NAN)
TR_TEXT(tr_whatif_row, limited_by, row->limit)
TR_FLAG(tr_whatif_row, fits, row->fits)
TR_TEXT(tr_whatif_row, reason, row->fits ? NULL : row->reason)
#define METRIC(NAME, INDEX)                                                                                \
    NUMBER(NAME, row->metric[INDEX].predicted)                                                             \
    NUMBER(NAME##_low, row->metric[INDEX].low)                                                             \
    NUMBER(NAME##_high, row->metric[INDEX].high)                                                           \
    NUMBER(NAME##_bound, row->metric[INDEX].bound)                                                         \
    NUMBER(NAME##_ratio, row->ratio[INDEX])                                                                \
    NUMBER(NAME##_bound_ratio, row->bound_ratio[INDEX])
METRIC(ttft, 0)
METRIC(tpot, 1)
METRIC(e2e, 2)
METRIC(per_user, 3)
METRIC(output, 4)
METRIC(cost, 5)
#define RATIO_FIELDS(PATH, NAME)                                                                           \
    TR_N("ratio." PATH ".predicted", NONE, NAME##_ratio), TR_N("ratio." PATH ".bound", NONE, NAME##_bound_ratio)

static const tr_field fields[] = {
    TR_QUESTION_NAMES,
    TR_QUESTION_PRICE,
    TR_T("kind", kind),
    TR_T("input", input),
    TR_N("factor", NONE, factor),
    TR_T("question", question),
    TR_T("how", how),
    TR_N("gain", NONE, gain),
    TR_Q("ttft_s", SECOND, ttft),
    TR_Q("tpot_s", SECOND, tpot),
    TR_Q("e2e_s", SECOND, e2e),
    TR_Q("token_per_s_per_user", NONE, per_user),
    TR_Q("output_token_per_s", NONE, output),
    TR_Q("usd_per_mtoken_output", USD, cost),
    RATIO_FIELDS("ttft_s", ttft),
    RATIO_FIELDS("tpot_s", tpot),
    RATIO_FIELDS("e2e_s", e2e),
    RATIO_FIELDS("token_per_s_per_user", per_user),
    RATIO_FIELDS("output_token_per_s", output),
    RATIO_FIELDS("usd_per_mtoken_output", cost),
    TR_T("limited_by", limited_by),
    TR_F("fits", fits),
    TR_T("reason", reason),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

static const void *row_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((const tr_whatif *)context)->row[index];
}

static tr_status write_rows(tr_whatif *w, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_scenario *scenario = tr_predict_walk_scenario(w->walk);
    tr_notes notes;
    tr_notes_of(scenario, w->base->question, &notes);
    const tr_rows rows = {.fields = &row_fields, .name = "rows", .count = w->count, .at = row_at, .context = w,
                          .scenario = scenario, .notes = &notes};
    return tr_rows_write(&rows, style, sink, err);
}

/* ---- the verb --------------------------------------------------------------------------------------------------- */

/* The case as asked and as changed, side by side. */
static tr_status answer_named(const tr_scenario *scenario, const tr_problem *question, const tr_named_change *named,
                              const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_change *change = tr_change_at(0);
    tr_changed *changed = NULL;
    for (size_t i = 0; strcmp(change->input, named->input) != 0; i++)
        change = tr_change_at(i);
    tr_status s = tr_changed_of(scenario, question, change, named->factor, &changed, err);
    if (s == TR_OK) {
        const tr_case cases[] = {{scenario, question}, {changed->scenario, &changed->problem}};
        s = tr_answer_compare(cases, 2, style, sink, err);
    }
    tr_changed_end(changed);
    if (s == TR_EMISSING)
        return tr_fail(err, s, "question", named->factor, "%s: this case has no %s to change", named->name,
                       named->input);
    return s;
}

tr_status tr_answer_whatif(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    tr_whatif *w = NULL;
    const int named = tr_input_choice(scenario, TR_IN_QUESTION);
    if (named >= 0)
        return answer_named(scenario, question, tr_named_change_at((size_t)named), style, sink, err);
    tr_status s = tr_whatif_begin(scenario, question, &w, err);
    if (s != TR_OK)
        return s;
    s = style->format == TR_FORMAT_TEXT ? write_page(w, scenario, style, sink, err) : write_rows(w, style, sink, err);
    tr_whatif_end(w);
    return s;
}
