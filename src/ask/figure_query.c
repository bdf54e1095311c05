/* ask/figure_query.c -- what a token costs against the length of a pass: decode on the left, prefill on the
 * right, the ridge between. */
#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/expected.h"

typedef struct words {
    char title[224], what[128], subtitle[384], decode[64], prefill[64], ridge[64], wall[64], source[384];
    tr_words numbers;
} words;

/* Tokens are whole: nothing lies between one and two. */
static void keep_whole(tr_curve *c)
{
    size_t n = 1;
    for (size_t i = 1; i < c->n; i++)
        if (c->at[i] >= 2.0)
            c->at[n++] = c->at[i];
    c->n = n;
}

static void to_costs(const tr_second *second, double batch_seq, const tr_curve *c, double *y)
{
    for (size_t i = 0; i < c->n; i++)
        y[i] = tr_second_cost(second, y[i], batch_seq * c->at[i]);
}

/* The last point that has a value. */
static size_t last_of(const double *y, size_t n)
{
    while (n > 1 && isnan(y[n - 1]))
        n--;
    return n - 1;
}

static void write_words(const tr_along *along, const tr_second *second, const tr_curve *c, const double *cost,
                        size_t last, const tr_query_marks *m, words *w)
{
    const tr_problem *question = along->question;
    const char *left = tr_words_short(&w->numbers, cost[0], second->unit);
    const char *right = tr_words_short(&w->numbers, cost[last], second->unit);
    const char *query = tr_words_of(&w->numbers, floor(c->at[last]), TR_UNIT_CONTEXT);
    const char *times = tr_words_short(&w->numbers, cost[0] / cost[last], TR_UNIT_NONE);
    (void)snprintf(w->title, sizeof w->title, "A token of decode costs %s times one of prefill%s", times,
                   question->physics == TR_PHYSICS_FITTED ? ", as predicted"
                   : question->physics == TR_PHYSICS_OPS  ? ", by operators"
                                                          : "");
    (void)snprintf(w->decode, sizeof w->decode, "decode: %s", left);
    (void)snprintf(w->prefill, sizeof w->prefill, "prefill of %s: %s", query, right);
    (void)snprintf(w->ridge, sizeof w->ridge, "ridge: %s tokens",
                   tr_words_short(&w->numbers, floor(m->ridge_token + 0.5), TR_UNIT_SEQ));
    (void)snprintf(w->wall, sizeof w->wall, "memory is full at %s",
                   tr_words_short(&w->numbers, m->most_token, TR_UNIT_CONTEXT));
    (void)snprintf(w->what, sizeof w->what, "batch\xC2\xA0%s on %s context%s%s",
                   tr_words_of(&w->numbers, along->batch_seq, TR_UNIT_SEQ),
                   tr_words_of(&w->numbers, along->context_token, TR_UNIT_CONTEXT),
                   second->unit == TR_UNIT_USD ? ", " : "",
                   second->unit == TR_UNIT_USD
                       ? tr_words_of(&w->numbers, question->system->usd_per_hour, TR_UNIT_USD_PER_HOUR)
                       : "");
    tr_figure_subtitle(question, w->what, w->subtitle, sizeof w->subtitle);
}

tr_status tr_figure_query(const tr_along *along, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const tr_problem *question = along->question;
    const tr_load decode = tr_along_load(along, 1.0);
    const tr_status s = tr_check_fits(question, decode.batch_seq, tr_held_token(&decode), err);
    if (s != TR_OK)
        return s;
    const tr_query_marks m = tr_query_marks_of(question, along->batch_seq, along->context_token);
    const tr_second second = tr_second_of(&question->roof);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    tr_expected expected;
    const double places[2] = {m.ridge_token, m.most_token};
    tr_curve_grid_log(&c, 1.0, m.end_token, places, 2);
    keep_whole(&c);
    tr_curve_along(&c, along);
    const int more = tr_expected_along(along, &c, 1.0, &expected);
    double *const bound[4] = {c.compute_s, c.weights_s, c.kv_s, c.step_s};
    double *const predicted[3] = {expected.step_s, expected.low_s, expected.high_s};
    for (int k = 0; k < 4; k++)
        to_costs(&second, along->batch_seq, &c, bound[k]);
    for (int k = 0; more && k < 3; k++)
        to_costs(&second, along->batch_seq, &c, predicted[k]);
    if (more)
        (void)snprintf(w.source, sizeof w.source, "%s Ridge and ratio: R30, K73.", expected.source);
    const double *cost = more ? expected.step_s : c.step_s;
    const size_t last = last_of(cost, c.n);
    write_words(along, &second, &c, cost, last, &m, &w);
    tr_series series[6] = {
        {.name = "weights", .role = TR_ROLE_WEIGHTS, .x = c.at, .y = c.weights_s, .n = c.n},
        {.name = "KV cache", .role = TR_ROLE_KV, .x = c.at, .y = c.kv_s, .n = c.kv_s[0] > 0.0 ? c.n : 0},
        {.name = "compute", .role = TR_ROLE_COMPUTE, .x = c.at, .y = c.compute_s, .n = c.n},
        tr_expected_bound(&c, "total", more),
    };
    const size_t lines = 4 + (more ? tr_expected_series(&expected, &c, series + 4) : 0);
    tr_mark mark[4];
    size_t marks = 0;
    mark[marks++] =
        (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = 1.0, .y = cost[0], .text = w.decode};
    if (last > 0)
        mark[marks++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_RESULT,
                                  .x = c.at[last],
                                  .y = cost[last],
                                  .text = w.prefill};
    if (m.ridge_token > 1.0 && m.ridge_token < m.end_token)
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_OTHER, .x = m.ridge_token, .text = w.ridge};
    if (m.most_token < m.end_token)
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = m.most_token, .x2 = HUGE_VAL, .text = w.wall};
    /* Weights and cache fall far below the floor that compute makes: room for some of it. */
    double least = c.compute_s[0];
    for (size_t i = 0; i < c.n; i++)
        least = c.step_s[i] < least ? c.step_s[i] : least;
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = "A pass reads the weights once, however many tokens it has. Left of the ridge a token "
                   "bears a share of "
                   "that read; right of it, its own multiplies, which no longer pass makes cheaper.",
        .source = more ? w.source
                  : second.unit == TR_UNIT_USD
                      ? "Bound physics: datasheet peaks, so nothing real is cheaper. Equations "
                        "R1\xE2\x80\x93R6, R30, K73."
                      : "No price is known for this system: cost is in chip-seconds. Bound "
                        "physics: datasheet peaks. Equations R1\xE2\x80\x93R6, R30, K73.",
        .x = {.label = "query: new tokens of each sequence in one pass",
              .unit = TR_UNIT_CONTEXT,
              .scale = TR_SCALE_LOG,
              .min = 1.0,
              .max = m.end_token},
        .y = {.label = second.axis,
              .unit = second.unit,
              .scale = TR_SCALE_LOG,
              .min = least / 3.0,
              .max = (double)NAN},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}
