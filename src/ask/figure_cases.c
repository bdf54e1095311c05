/* ask/figure_cases.c -- cases side by side: TTFT, TPOT and dollars with their intervals, over those of the first. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/compare.h"
#include "ask/figure_parts.h"
#include "base/text.h"

/* TTFT, TPOT and dollars, of each case; two corners and a gap for each interval. */
enum { DRAWN = 3, ROWS = DRAWN * TR_CASE_MAX, CORNERS = 3 * DRAWN };
static const size_t drawn[DRAWN] = {0, 1, 5};
static const char *const short_name[DRAWN] = {"TTFT", "TPOT", "$/M out"};

typedef struct bars {            /* of one case */
    double x[CORNERS], low[CORNERS], high[CORNERS];
    double dot_x[DRAWN], dot_y[DRAWN];
    char text[DRAWN][48];
    const char *label[DRAWN];
} bars;

typedef struct sheet {
    bars bar[TR_CASE_MAX];
    char row[ROWS][16];
    const char *rows[ROWS];
    tr_series series[2 * TR_CASE_MAX];
    size_t series_count;
} sheet;

static void fill_bar(bars *b, size_t k, double y, double half, const tr_quantity *q, double first, tr_unit unit)
{
    tr_words words = {.next = 0};
    tr_bars_put((tr_bars){b->x, b->low, b->high}, k, y, half, (const double[]){q->low / first, q->high / first});
    b->dot_x[k] = q->predicted / first;
    b->dot_y[k] = y;
    (void)snprintf(b->text[k], sizeof b->text[k], "%s",
                   isfinite(q->predicted) ? tr_words_short(&words, q->predicted, unit) : "");
    b->label[k] = b->text[k];
}

static const tr_side *first_fitting(const tr_comparison *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->side[i].row.fits)
            return &c->side[i];
    return &c->side[0];
}

static void fill_case(const tr_comparison *c, size_t i, int terminal, sheet *s)
{
    static const tr_role role[TR_CASE_MAX] = {TR_ROLE_RESULT, TR_ROLE_COMPUTE, TR_ROLE_KV,    TR_ROLE_WEIGHTS,
                                              TR_ROLE_COMM,   TR_ROLE_FIXED,   TR_ROLE_OTHER, TR_ROLE_LIMIT};
    const tr_side *side = &c->side[i], *first = first_fitting(c);
    bars *b = &s->bar[i];
    for (size_t k = 0; k < DRAWN; k++) {
        const size_t below = (DRAWN - 1 - k) * c->count + (c->count - 1 - i); /* rows from below */
        fill_bar(b, k, (double)below + 1.0, terminal ? 0.2 : 0.3, &side->metric[drawn[k]],
                 first->metric[drawn[k]].predicted, tr_metric_at(drawn[k])->unit);
        (void)snprintf(s->row[below], sizeof s->row[below], "%s %s", short_name[k], side->name);
        s->rows[below] = s->row[below];
    }
    s->series[s->series_count++] = tr_bars_series((tr_bars){b->x, b->low, b->high}, DRAWN, NULL, role[i]);
    s->series[s->series_count++] = (tr_series){.kind = TR_SERIES_POINTS, .role = role[i], .x = b->dot_x, .y = b->dot_y,
                                               .n = DRAWN, .label = b->label};
}

/* "A: llama-3.1-70b on 8xh100-sxm; B: ...; 64 concurrent requests, 8k in, 1k out" */
static void say_cases(const tr_comparison *c, const tr_side *first, char *out, size_t size)
{
    char text[320];
    out[0] = '\0';
    for (size_t i = 0; i < c->count; i++) {
        const tr_problem *q = c->side[i].row.question;
        (void)snprintf(text, sizeof text, "%s: %.60s on %.60s; ", c->side[i].name, q->model->name, q->system->name);
        (void)tr_text_append(out, size, text);
    }
    tr_predict_load_text(&first->row, text, sizeof text);
    (void)tr_text_append(out, size, text);
}

static tr_status draw(const tr_comparison *c, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    sheet s;
    char subtitle[1280], label[64];
    const tr_side *first = first_fitting(c);
    const size_t rows = DRAWN * c->count;
    memset(&s, 0, sizeof s);
    for (size_t i = 0; i < c->count; i++)
        if (c->side[i].row.fits)
            fill_case(c, i, target->terminal, &s);
    for (size_t i = 0; i < rows; i++)
        s.rows[i] = s.rows[i] != NULL ? s.rows[i] : "does not fit";
    say_cases(c, first, subtitle, sizeof subtitle);
    (void)snprintf(label, sizeof label, "times what %s takes", first->name);
    const tr_figure figure = {
        .title = "Which is faster, and which is cheaper",
        .subtitle = subtitle,
        .caption = "Further left is better. A dot is predicted, its bar the 90 % interval: where one holds the "
                   "other's dot, which is better is not certain.",
        .source = "Fitted physics: equations F5\xE2\x80\x93" "F7, F10.",
        .x = {.label = label, .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .y = {.unit = TR_UNIT_NONE, .min = 0.4, .max = (double)rows + 0.6},
        .series = s.series,
        .series_count = s.series_count,
        .row_names = s.rows,
        .row_count = rows,
    };
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_cases(const tr_case *cases, size_t count, const tr_figure_target *target, tr_sink *sink,
                                 tr_error *err)
{
    tr_comparison *c = NULL;
    tr_status s = tr_comparison_begin(cases, count, &c, err);
    if (s == TR_OK)
        s = draw(c, target, sink, err);
    tr_comparison_end(c);
    return s;
}
