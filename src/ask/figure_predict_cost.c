/* ask/figure_predict_cost.c -- dollars against speed along the load of `predict`: nobody gets both for nothing.
 */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/figure_band.h"
#include "ask/figure_predict.h"
#include "base/text.h"

enum { LABELLED = 24 };

typedef struct words {
    char title[224], subtitle[384], caption[512], source[256], asked[96], knee[64], y_label[192], label[LABELLED][16];
    tr_words numbers;
} words;

/* Powers of two or four along the load, of those that meet the objective or of those that do not. */
typedef struct points {
    size_t n;
    double x[LABELLED], y[LABELLED];
    const char *label[LABELLED];
} points;

static void fill_points(const tr_sweep *w, double step_ratio, words *t, points *met, points *missed)
{
    double load = 1.0, last = HUGE_VAL;
    while (load > w->at[0])
        load /= 2.0;
    for (size_t i = 0; load <= w->end * (1.0 + 1e-9) && load <= w->full && i < LABELLED; load *= step_ratio) {
        const tr_quantity speed = tr_sweep_at(w, TR_SWEEP_SPEED, load), cost = tr_sweep_at(w, TR_SWEEP_COST, load);
        points *p = w->slo.count == 0 || tr_sweep_holds(w, load) ? met : missed;
        if (load < w->at[0] || isnan(speed.predicted))
            continue;
        if (cost.predicted > 0.97 * last) /* what more does not change is written once */
            break;
        last = cost.predicted;
        (void)snprintf(t->label[i], sizeof t->label[i], "%s",
                       tr_words_of(&t->numbers, load, w->load == TR_SWEEP_RATE ? TR_UNIT_NONE : TR_UNIT_SEQ));
        p->x[p->n] = speed.predicted;
        p->y[p->n] = cost.predicted;
        p->label[p->n++] = load == w->asked[0] ? NULL : t->label[i]; /* that has a mark of its own */
        i++;
    }
}

/* What the same machine cost in a measured run: its requests a second, prompts' share as predicted. */
static size_t measure(tr_sweep *w, const tr_measured *measured, tr_series *out)
{
    (void)tr_measured_series(measured, 1, out);
    for (size_t i = 0; i < measured->count; i++) {
        const tr_measured_group *g = measured->group[i];
        for (size_t k = 0; k < g->count; k++) {
            tr_service service;
            w->ring_x[i][k] = 1.0 / g->tpot_s[k];
            w->ring_y[i][k] = (double)NAN;
            if (!tr_sweep_serve(w, g->seq[k], &service))
                continue;
            service.request_s.predicted =
                (g->ttft_s[k] + g->tpot_s[k] * (w->row.clients.output_token - 1.0)) / g->seq[k];
            w->ring_y[i][k] = tr_sweep_value(w, &service, TR_SWEEP_COST, g->seq[k]).predicted;
        }
        out[i].x = w->ring_x[i];
        out[i].y = w->ring_y[i];
    }
    return measured->count;
}

static void write_words(const tr_sweep *w, int priced, const tr_measured *measured, words *t)
{
    char load[48], price[128];
    const tr_quantity speed = tr_sweep_at(w, TR_SWEEP_SPEED, w->asked[0]);
    const tr_quantity cost = tr_sweep_at(w, TR_SWEEP_COST, w->asked[0]);
    tr_sweep_load_text(w, w->asked[0], load, sizeof load);
    const char *fast = tr_words_short(&t->numbers, speed.predicted, TR_UNIT_NONE);
    const char *dear = tr_words_short(&t->numbers, cost.predicted, priced ? TR_UNIT_USD : TR_UNIT_NONE);
    if (isnan(speed.predicted))
        (void)snprintf(t->title, sizeof t->title, "%s are more than hold: requests queue without end", load);
    else
        (void)snprintf(t->title, sizeof t->title, "At %s a user gets %s tokens/s, and a million of them cost %s%s",
                       load, fast, dear, priced ? "" : " chip-seconds");
    (void)snprintf(t->asked, sizeof t->asked, "%s: %s/s, %s", load, fast, dear);
    tr_sweep_subtitle(w, t->subtitle, sizeof t->subtitle);
    if (priced)
        (void)snprintf(t->y_label, sizeof t->y_label, "dollars for a million output tokens, at %s",
                       tr_price_text(w->row.question, price, sizeof price));
    else
        (void)tr_text_copy(t->y_label, sizeof t->y_label, "chip-seconds for a million output tokens");
    (void)snprintf(t->caption, sizeof t->caption,
                   "The load grows to the left; numbers are %s. Band: 90\xC2\xA0%% interval. Hatched: lower bound.",
                   w->load == TR_SWEEP_RATE ? "requests/s" : w->load == TR_SWEEP_USERS ? "users" : "clients");
    tr_measured_caption(measured, "", t->caption, sizeof t->caption);
    tr_sweep_source(w, ", K60", t->source, sizeof t->source);
}

/* Asked loads and the knee; returns how many. */
static size_t mark_all(const tr_sweep *w, words *t, tr_mark *mark)
{
    size_t n = 0;
    for (size_t i = 0; i < w->asked_count; i++)
        mark[n++] = (tr_mark){.kind = TR_MARK_POINT,
                              .role = TR_ROLE_RESULT,
                              .x = tr_sweep_at(w, TR_SWEEP_SPEED, w->asked[i]).predicted,
                              .y = tr_sweep_at(w, TR_SWEEP_COST, w->asked[i]).predicted,
                              .text = w->asked_count == 1 ? t->asked : NULL};
    if (!isnan(w->knee))
        mark[n++] = (tr_mark){.kind = TR_MARK_POINT,
                              .role = TR_ROLE_OTHER,
                              .x = tr_sweep_at(w, TR_SWEEP_SPEED, w->knee).predicted,
                              .y = tr_sweep_at(w, TR_SWEEP_COST, w->knee).predicted,
                              .text = tr_sweep_knee_text(w, t->knee, sizeof t->knee)};
    return n;
}

static tr_status draw(tr_sweep *w, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const tr_sweep_line *speed = &w->line[0], *cost = &w->line[1];
    tr_measured measured;
    const int priced = w->row.question->roof.usd_per_s > 0.0;
    const int narrow = target->terminal ? target->columns < 80 : target->svg.width_px < 560.0;
    const tr_unit unit = priced ? TR_UNIT_USD : TR_UNIT_NONE;
    tr_figure_band interval;
    points met = {.n = 0}, missed = {.n = 0};
    words t = {.numbers = {.next = 0}};
    tr_mark mark[SWEEP_ASKED + 1];
    double least = HUGE_VAL; /* room below the floor, so that it is seen as one */
    size_t n = w->n;
    while (n > 1 && isnan(cost->predicted[n - 1])) /* arrivals that queue without end */
        n--;
    for (size_t i = 0; i < n; i++)
        least = cost->bound[i] < least ? cost->bound[i] : least;
    tr_figure_band_of(speed->low, speed->high, cost->low, cost->high, n, &interval);
    fill_points(w, narrow ? 4.0 : 2.0, &t, &met, &missed);
    tr_sweep_measured(w, &measured);
    write_words(w, priced, &measured, &t);
    tr_series series[5 + TR_MEASURED_GROUPS] = {
        {.name = "bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = speed->bound, .y = cost->bound, .n = n},
        {.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = interval.x, .y = interval.low, .y2 = interval.high,
         .n = interval.n},
        {.name = "predicted", .role = TR_ROLE_RESULT, .x = speed->predicted, .y = cost->predicted, .n = n},
        {.name = w->slo.count > 0 ? "objective met" : NULL, .kind = TR_SERIES_POINTS,
         .role = TR_ROLE_RESULT, .x = met.x, .y = met.y, .n = met.n,
         .label = met.label},
        {.name = "objective missed", .kind = TR_SERIES_POINTS, .role = TR_ROLE_OTHER, .x = missed.x, .y = missed.y,
         .n = missed.n, .label = missed.label},
    };
    const size_t lines = 5 + measure(w, &measured, series + 5);
    const tr_figure figure = {
        .title = t.title,
        .subtitle = t.subtitle,
        .caption = t.caption,
        .source = t.source,
        .x = {.label = "speed: tokens per second of one user", .scale = TR_SCALE_LOG},
        .y = {.label = t.y_label,
              .unit = unit,
              .scale = TR_SCALE_LOG,
              .min = least / 1.5,
              .max = (double)NAN},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = mark_all(w, &t, mark)};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_predict_cost(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_sweep *sweep;
    tr_status s = tr_sweep_begin(scenario, question, &sweep, err);
    if (s == TR_OK) {
        tr_sweep_line_of(sweep, TR_SWEEP_SPEED, &sweep->line[0]);
        tr_sweep_line_of(sweep, TR_SWEEP_COST, &sweep->line[1]);
        s = draw(sweep, target, sink, err);
    }
    tr_sweep_end(sweep);
    return s;
}
