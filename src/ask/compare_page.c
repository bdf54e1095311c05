/* ask/compare_page.c -- the page of `compare`: a column for each case, what it is to the first, and which is better. */
#include "ask/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

enum { NAME_WIDTH = 26, CELL = 24 };

/* ---- the head ---------------------------------------------------------------------------------------------- */

/* Which price each case's dollars use, alike ones once. */
static void print_prices(const tr_comparison *c, tr_writer *out)
{
    for (size_t i = 0; i < c->count; i++) {
        char text[256], other[256];
        int is_told = 0;
        tr_question_price(c->side[i].row.question, text, sizeof text);
        for (size_t k = 0; k < i && !is_told; k++) {
            tr_question_price(c->side[k].row.question, other, sizeof other);
            is_told = strcmp(text, other) == 0;
        }
        if (text[0] == '\0' || is_told)
            continue;
        tr_write_text(out, text);
        tr_write_char(out, '\n');
    }
}

static void print_head(const tr_comparison *c, tr_writer *out)
{
    char text[1024], layout[96] = "", load[320], first[320];
    int same = 1;
    tr_predict_load_text(&c->side[0].row, first, sizeof first);
    for (size_t i = 1; i < c->count; i++) {
        tr_predict_load_text(&c->side[i].row, load, sizeof load);
        same = same && strcmp(load, first) == 0;
    }
    for (size_t i = 0; i < c->count; i++) {
        const tr_problem *q = c->side[i].row.question;
        tr_predict_load_text(&c->side[i].row, load, sizeof load);
        if (q->layout_given)
            (void)tr_layout_format(&q->layout, layout, sizeof layout);
        (void)snprintf(text, sizeof text, "%s  %s on %s (%s%s%s%s%s; weights %s, KV cache %s)%s%s\n", c->side[i].name,
                       q->model->name, q->system->name,
                       q->engine->title[0] != '\0' ? q->engine->title : "no engine in particular",
                       q->engine->version[0] != '\0' ? " " : "", q->engine->version, q->layout_given ? ", " : "",
                       q->layout_given ? layout : "", tr_question_weights(q),
                       tr_dtype_name(q->roof.kv_dtype), same ? "" : ": ", same ? "" : load);
        tr_write_text(out, text);
    }
    if (same) {
        tr_write_text(out, first);
        tr_write_char(out, '\n');
    }
    print_prices(c, out);
}

/* ---- a column for each ------------------------------------------------------------------------------------- */

/* What a column is headed by beside its letter: what most tells the cases apart. */
static const char *column_name(const tr_comparison *c, size_t index)
{
    int systems = 0, models = 0;
    for (size_t i = 1; i < c->count; i++) {
        systems += strcmp(c->side[i].row.question->system->name, c->side[0].row.question->system->name) != 0;
        models += strcmp(c->side[i].row.question->model->name, c->side[0].row.question->model->name) != 0;
    }
    const tr_problem *q = c->side[index].row.question;
    return systems > 0 || models == 0 ? q->system->name : q->model->name;
}

typedef struct column {
    const tr_comparison *c;
    const tr_side *side;
    size_t index;
} column;
typedef void (*cell_of)(const column *at, size_t metric, char *out, size_t size);

static void copy(char *out, size_t size, const char *text) { (void)tr_text_copy(out, size, text); }

static void head_cell(const column *at, size_t metric, char *out, size_t size)
{
    (void)metric;
    (void)snprintf(out, size, "%s  %.*s", at->side->name, CELL - 6, column_name(at->c, at->index));
}

static void predicted_cell(const column *at, size_t metric, char *out, size_t size)
{
    (void)tr_print_three(at->side->metric[metric].predicted, tr_metric_at(metric)->unit, out, size);
}

static void interval_cell(const column *at, size_t metric, char *out, size_t size)
{
    const tr_quantity *q = &at->side->metric[metric];
    char low[48], high[48];
    (void)tr_print_three(q->low, tr_metric_at(metric)->unit, low, sizeof low);
    (void)tr_print_three(q->high, tr_metric_at(metric)->unit, high, sizeof high);
    if (!isfinite(q->low))
        copy(out, size, "-");
    else if (q->low == q->high)
        copy(out, size, "as given");
    else
        (void)snprintf(out, size, "%s to %s", low, high);
}

static void bound_cell(const column *at, size_t metric, char *out, size_t size)
{
    (void)tr_print_three(at->side->metric[metric].bound, tr_metric_at(metric)->unit, out, size);
}

static void memory_cell(const column *at, size_t metric, char *out, size_t size)
{
    char used[48], all[48];
    (void)metric;
    (void)tr_print_three(at->side->used_byte, TR_UNIT_BYTE, used, sizeof used);
    (void)tr_print_three(at->side->memory_byte, TR_UNIT_BYTE, all, sizeof all);
    (void)snprintf(out, size, "%s of %s", used, all);
}

static void layout_cell(const column *at, size_t metric, char *out, size_t size)
{
    const tr_deployment *d = at->side->row.deployment;
    (void)metric;
    copy(out, size, "-");
    if (d->problem != NULL)
        (void)tr_layout_format(&d->shard.layout, out, size);
    if (d->apart)
        (void)snprintf(out, size, "%.0f prefill, %.0f decode", d->prefill_system.chip_count, d->system.chip_count);
}

static void limit_cell(const column *at, size_t metric, char *out, size_t size)
{
    static const char *const words[][2] = {{"weights", "reading weights"}, {"kv", "reading the KV cache"},
                                           {"compute", "multiplies"},      {"comm", "links"},
                                           {"fixed", "launches and host"}, {"prefill", "prefill of others"},
                                           {"host", "the host"},           {"crossing", "crossing to host"}};
    const char *limit = at->side->row.limit;
    (void)metric;
    copy(out, size, "does not fit");
    for (size_t i = 0; at->side->row.fits && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], limit) == 0)
            copy(out, size, words[i][1]);
}

static void load_cell(const column *at, size_t metric, char *out, size_t size)
{
    const tr_predict_row *row = &at->side->row;
    (void)metric;
    copy(out, size, !row->fits ? "-" : row->endless || row->service.saturated ? "saturated" : "holds");
}

static void measured_cell(const column *at, size_t metric, char *out, size_t size)
{
    static const char *const words[] = {"this chip and model", "this chip", "this chip", "the nearest chip",
                                        "nothing like it"};
    (void)metric;
    copy(out, size, words[at->side->row.question->distance]);
}

/* "0.66x, -231 ms" */
static void against_cell(const column *at, size_t metric, char *out, size_t size)
{
    char ratio[48], much[48];
    const double difference = at->side->difference[metric];
    (void)tr_print_three(at->side->ratio[metric].predicted, TR_UNIT_NONE, ratio, sizeof ratio);
    (void)tr_print_three(fabs(difference), tr_metric_at(metric)->unit, much, sizeof much);
    if (!isfinite(difference))
        copy(out, size, "-");
    else
        (void)snprintf(out, size, "%sx, %s%s", ratio, difference < 0.0 ? "-" : "+", much);
}

typedef struct block {
    const tr_comparison *c;
    size_t from, to;
    tr_writer *out;
} block;

static void line(const block *b, const char *name, size_t metric, cell_of cell)
{
    char text[128];
    tr_write_text(b->out, "  ");
    tr_print_left(b->out, name, NAME_WIDTH - 2);
    for (size_t i = b->from; i < b->to; i++) {
        const column at = {b->c, &b->c->side[i], i};
        cell(&at, metric, text, sizeof text);
        if (i + 1 < b->to)
            tr_print_left(b->out, text, CELL);
        else
            tr_write_text(b->out, text);
    }
    tr_write_char(b->out, '\n');
}

static void print_block(const block *b)
{
    tr_write_char(b->out, '\n');
    line(b, "", 0, head_cell);
    for (size_t m = 0; m < TR_METRIC_COUNT; m++) {
        line(b, tr_metric_at(m)->words, m, predicted_cell);
        line(b, "  90 % interval", m, interval_cell);
        line(b, "  bound", m, bound_cell);
    }
    line(b, "load", 0, load_cell);
    line(b, "memory used of a chip", 0, memory_cell);
    line(b, "layout", 0, layout_cell);
    line(b, "limited by", 0, limit_cell);
    line(b, "measured", 0, measured_cell);
}

static void print_against(const block *b)
{
    block others = *b;
    if (others.from == 0)
        others.from = 1;
    if (others.from >= others.to)
        return;
    tr_write_text(b->out, "\nagainst A\n");
    line(&others, "", 0, head_cell);
    for (size_t m = 0; m < TR_METRIC_COUNT; m++)
        line(&others, tr_metric_at(m)->words, m, against_cell);
}

/* ---- which is better ---------------------------------------------------------------------------------------- */

/* The best in a metric but one; NULL: there is none. */
static const tr_side *best_but(const tr_comparison *c, size_t metric, const tr_side *not_this)
{
    const tr_side *best = NULL;
    for (size_t i = 0; i < c->count; i++) {
        const tr_side *side = &c->side[i];
        const double value = side->metric[metric].predicted;
        if (side == not_this || !isfinite(value))
            continue;
        if (best == NULL || (tr_metric_at(metric)->more_is_better ? value > best->metric[metric].predicted
                                                                  : value < best->metric[metric].predicted))
            best = side;
    }
    return best;
}

static void print_better(const tr_comparison *c, size_t metric, tr_writer *out)
{
    char text[256], ratio[48], low[48], high[48];
    const tr_side *best = best_but(c, metric, NULL), *next = best_but(c, metric, best);
    if (best == NULL)
        return;
    tr_write_text(out, "  ");
    tr_print_left(out, tr_metric_at(metric)->words, NAME_WIDTH - 2);
    if (next == NULL) {
        (void)snprintf(text, sizeof text, "only %s has one\n", best->name);
        tr_write_text(out, text);
        return;
    }
    const tr_quantity r = tr_quantity_ratio(&best->metric[metric], &next->metric[metric]);
    (void)tr_print_three(r.predicted, TR_UNIT_NONE, ratio, sizeof ratio);
    (void)tr_print_three(r.low, TR_UNIT_NONE, low, sizeof low);
    (void)tr_print_three(r.high, TR_UNIT_NONE, high, sizeof high);
    (void)snprintf(text, sizeof text, "%s: %s times %s's (%s to %s)%s\n", best->name, ratio, next->name, low, high,
                   tr_ratio_is_certain(&r) ? "" : ", within the 90 % interval: not certain");
    if (fabs(r.predicted - 1.0) < 5e-4)
        (void)snprintf(text, sizeof text, "%s and %s alike\n", best->name, next->name);
    tr_write_text(out, text);
}

static size_t fitting_of(const tr_comparison *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++)
        n += c->side[i].row.fits ? 1 : 0;
    return n;
}

static int shares_calibration(const tr_comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(c->side[i].row.question->calibration.origin, c->side[k].row.question->calibration.origin) == 0)
                return 1;
    return 0;
}

static void print_reason(const char *first, const char *text, int columns, int *any, tr_writer *out)
{
    tr_write_text(out, *any ? "" : "\n");
    *any = 1;
    tr_print_wrapped(out, first, "  ", text, columns);
}

static void print_reasons(const tr_comparison *c, int columns, tr_writer *out)
{
    char first[48];
    int any = 0;
    if (fitting_of(c) > 1 && shares_calibration(c))
        print_reason("note: ",
                     "the errors of two predictions are taken as independent: cases that rest on the same measurements "
                     "differ more clearly than this shows",
                     columns, &any, out);
    for (size_t i = 0; i < c->count; i++) {
        const tr_side *side = &c->side[i];
        tr_notes notes;
        (void)snprintf(first, sizeof first, "%s does not fit: ", side->name);
        if (!side->row.fits)
            print_reason(first, side->row.why.text, columns, &any, out);
        tr_notes_of(side->scenario, side->row.question, &notes);
        (void)snprintf(first, sizeof first, "note on %s: ", side->name);
        for (size_t k = 0; k < notes.count; k++)
            print_reason(first, notes.text[k], columns, &any, out);
    }
}

tr_status tr_comparison_page(const tr_comparison *c, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_writer out;
    const size_t wide = style->columns > NAME_WIDTH + CELL ? (size_t)((style->columns - NAME_WIDTH) / CELL) : 1;
    tr_writer_begin(&out, sink);
    print_head(c, &out);
    for (size_t from = 0; from < c->count; from += wide) {
        const block b = {c, from, from + wide < c->count ? from + wide : c->count, &out};
        print_block(&b);
    }
    for (size_t from = 0; c->side[0].row.fits && from < c->count; from += wide) {
        const block b = {c, from, from + wide < c->count ? from + wide : c->count, &out};
        print_against(&b);
    }
    if (fitting_of(c) > 1) {
        tr_write_text(&out, "\nbetter in\n");
        for (size_t m = 0; m < TR_METRIC_COUNT; m++)
            print_better(c, m, &out);
    }
    print_reasons(c, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}
