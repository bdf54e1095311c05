/* ask/figure_scale_moe.c -- a picture of experts over the batch: how many are read, and what a token then
 * costs. */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/scale.h"
#include "base/extreme.h"
#include "base/fail.h"

enum { LOOKS = 65, LABELS = 12 };
static const double NEARLY_ALL = 0.99;

/* Time of the machine for a token: of a step over its batch. */
typedef struct sheet {
    double x[LOOKS], predicted[LOOKS], low[LOOKS], high[LOOKS], bound[LOOKS], weights[LOOKS], links[LOOKS];
    double at[LABELS], height[LABELS];
    char text[LABELS][12];
    const char *label[LABELS];
    size_t n, labels;
} sheet;

static void look(const tr_scale_moe *m, double most, sheet *s)
{
    const double step = tr_figure_even_ratio(most, LOOKS);
    double exact = 1.0;
    for (int k = 0; k < LOOKS; k++, exact *= step) {
        const double batch = k + 1 == LOOKS ? most : floor(exact + 0.5);
        tr_scale_experts row;
        if (s->n > 0 && !(batch > s->x[s->n - 1]))
            continue;
        tr_scale_experts_of(m, batch, &row);
        s->x[s->n] = batch;
        s->predicted[s->n] = row.step_s.predicted / batch;
        s->low[s->n] = row.step_s.low / batch;
        s->high[s->n] = row.step_s.high / batch;
        s->bound[s->n] = row.step_s.bound / batch;
        s->weights[s->n] = row.weights_s / batch;
        s->links[s->n++] = row.exchange_s > 0.0 ? row.exchange_s / batch : (double)NAN;
    }
}

/* How many experts are read, until nearly all are. */
static void label(const tr_scale_moe *m, double most, sheet *s)
{
    tr_words words = {.next = 0};
    for (double batch = 1.0; batch <= most && s->labels < LABELS; batch *= 4.0) {
        tr_scale_experts row;
        tr_scale_experts_of(m, batch, &row);
        s->at[s->labels] = batch;
        s->height[s->labels] = row.weights_s / batch;
        (void)snprintf(s->text[s->labels], sizeof s->text[0], "%.10s",
                       tr_words_short(&words, floor(100.0 * row.touched_share + 0.5) / 100.0, TR_UNIT_RATIO));
        s->label[s->labels] = s->text[s->labels];
        s->labels++;
        if (row.touched_share > NEARLY_ALL)
            break;
    }
}

/* The least batch that touches nearly all. */
static double nearly_all_seq(const tr_scale_moe *m)
{
    double low = 1.0, high = 1.0;
    while (high < 1e9 && tr_expert_touched_share(1.0 - m->experts_active / m->experts, high) < NEARLY_ALL)
        high *= 2.0;
    while (high - low > 1.0) {
        const double middle = floor((low + high) / 2.0);
        *(tr_expert_touched_share(1.0 - m->experts_active / m->experts, middle) < NEARLY_ALL ? &low : &high) =
            middle;
    }
    return high;
}

tr_status tr_figure_moe(const tr_scale_terms *terms, const tr_figure_target *target, tr_sink *sink,
                        tr_error *err)
{
    const tr_problem *q = terms->question;
    tr_scale_moe m;
    sheet s = {.n = 0};
    char title[200], subtitle[384], what[96], balance[64], here[64], full[64];
    tr_words words = {.next = 0};
    tr_mark mark[3];
    size_t marks = 0;
    tr_scale_moe_of(terms, &m);
    if (!m.is_mixture)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "nothing to draw: %.60s has no experts",
                       q->model->name);
    const tr_status fits = tr_check_figure(q, 1.0, terms->context_token, err);
    if (fits != TR_OK)
        return fits;
    const double wanted =
        larger(larger(m.balance_seq < HUGE_VAL ? m.balance_seq * 4.0 : 65536.0, m.batch_seq), 64.0);
    const double most = floor(smaller(m.max_batch_seq, smaller(wanted, 1e9)));
    look(&m, most, &s);
    label(&m, most, &s);
    const double copies = tr_problem_copy_count(q);
    const double all_seq = nearly_all_seq(&m) * copies, each = m.experts_active / m.experts;
    const char *all = tr_words_of(&words, all_seq, TR_UNIT_SEQ);
    if (m.balance_seq <= m.max_batch_seq && m.balance_seq < HUGE_VAL)
        (void)snprintf(title, sizeof title,
                       "At batch %s nearly all experts are read, each for %s tokens; at the balance for %s", all,
                       tr_words_short(&words, all_seq / copies * each, TR_UNIT_NONE),
                       tr_words_short(&words, m.balance_seq / copies * each, TR_UNIT_NONE));
    else if (m.balance_seq < HUGE_VAL)
        (void)snprintf(title, sizeof title,
                       "At batch %s nearly all experts are read; memory is full at %s, before the balance at %s", all,
                       tr_words_of(&words, m.max_batch_seq, TR_UNIT_SEQ),
                       tr_words_short(&words, m.balance_seq, TR_UNIT_SEQ));
    else
        (void)snprintf(title, sizeof title, "At batch %s nearly all experts are read", all);
    (void)snprintf(what, sizeof what, "%.0f experts, %.0f a token; %s tokens of context", m.experts,
                   m.experts_active, tr_words_of(&words, terms->context_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle(q, what, subtitle, sizeof subtitle);
    if (m.balance_seq <= most) {
        (void)snprintf(balance, sizeof balance, "balance without KV: batch\xC2\xA0%s",
                       tr_words_short(&words, floor(m.balance_seq + 0.5), TR_UNIT_SEQ));
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_COMPUTE, .x = m.balance_seq, .text = balance};
    }
    if (terms->batch_asked && terms->batch_seq <= most) {
        tr_scale_experts row;
        tr_scale_experts_of(&m, terms->batch_seq, &row);
        (void)snprintf(here, sizeof here, "batch\xC2\xA0%s",
                       tr_words_of(&words, terms->batch_seq, TR_UNIT_SEQ));
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_POINT,
            .role = TR_ROLE_RESULT,
            .x = terms->batch_seq,
            .y = (isnan(row.step_s.predicted) ? row.step_s.bound : row.step_s.predicted) / terms->batch_seq,
            .text = here};
    }
    if (m.max_batch_seq <= most) {
        (void)snprintf(full, sizeof full, "memory is full at %s",
                       tr_words_of(&words, m.max_batch_seq, TR_UNIT_SEQ));
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = m.max_batch_seq, .text = full};
    }
    const tr_series series[] = {
        {.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = s.x, .y = s.low, .y2 = s.high, .n = s.n},
        {.name = "bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = s.x, .y = s.bound, .n = s.n},
        {.name = "exchange alone",
         .kind = TR_SERIES_DASHED,
         .role = TR_ROLE_COMM,
         .x = s.x,
         .y = s.links,
         .n = s.n},
        {.name = "reading weights",
         .kind = TR_SERIES_LINE,
         .role = TR_ROLE_WEIGHTS,
         .x = s.x,
         .y = s.weights,
         .n = s.n},
        {.kind = TR_SERIES_POINTS,
         .role = TR_ROLE_WEIGHTS,
         .x = s.at,
         .y = s.height,
         .n = s.labels,
         .label = s.label},
        {.name = "predicted",
         .kind = TR_SERIES_LINE,
         .role = TR_ROLE_RESULT,
         .x = s.x,
         .y = s.predicted,
         .n = s.n}};
    const tr_axis dollars = {
        .label = "dollars for a million tokens", .unit = TR_UNIT_USD, .scale = TR_SCALE_LOG};
    const int priced = q->roof.usd_per_s > 0.0;
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Beside the points: the share of a layer's experts that the batch reads. While new tokens "
                   "bring new "
                   "experts with them, reading weights hardly gets cheaper; once all are read, twice the "
                   "batch halves it.",
        .source = "Band: the 90 % interval. Equations R4, K105, K33, R9; bound R1, fitted F3.",
        .x = {.label = "batch: sequences decoded together", .unit = TR_UNIT_SEQ, .scale = TR_SCALE_LOG},
        .y = {.label = "time of the machine for a token", .unit = TR_UNIT_SECOND, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
        .marks = mark,
        .mark_count = marks,
        .y2 = priced ? &dollars : NULL,
        .y2_ratio = priced ? q->roof.usd_per_s * 1e6 : 0.0,
    };
    return tr_figure_draw(&figure, target, sink, err);
}
