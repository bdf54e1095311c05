/* ask/figure_predict.c -- TPOT and TTFT of `predict` over its load: interval, bound, knee, and what was measured.
 */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_predict.h"
#include "base/text.h"

/* ---- words that the figures of `predict` share ---------------------------------------------------------------- */

const char *tr_sweep_load_text(const tr_sweep *w, double load, char *out, size_t size)
{
    tr_words words = {.next = 0};
    const char *number = tr_words_short(&words, load, w->load == TR_SWEEP_RATE ? TR_UNIT_NONE : TR_UNIT_SEQ);
    const char *unit = w->load == TR_SWEEP_RATE ? "request" : w->load == TR_SWEEP_USERS ? "user" : "client";
    (void)snprintf(out, size, "%s\xC2\xA0%s%s%s", number, unit, load > 1.0 || load < 1.0 ? "s" : "",
                   w->load == TR_SWEEP_RATE ? "/s" : "");
    return out;
}

const char *tr_sweep_knee_text(const tr_sweep *w, char *out, size_t size)
{
    char load[48];
    (void)snprintf(out, size, "knee: %s", tr_sweep_load_text(w, floor(w->knee + 0.5), load, sizeof load));
    return out;
}

void tr_sweep_subtitle(const tr_sweep *w, char *out, size_t size)
{
    const tr_problem *q = w->row.question;
    tr_words words = {.next = 0};
    char layout[96], how[192], what[96];
    (void)tr_layout_format(&w->row.deployment->shard.layout, layout, sizeof layout);
    const char *engine = q->engine->title[0] != '\0' ? q->engine->title : "no engine in particular";
    (void)snprintf(how, sizeof how, "%s, %s%s", engine, layout, w->row.deployment->apart ? ", prefill apart" : "");
    (void)snprintf(what, sizeof what, "%s in, %s out",
                   tr_words_of(&words, w->row.clients.prompt_token, TR_UNIT_CONTEXT),
                   tr_words_of(&words, w->row.clients.output_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle_of(q, how, what, out, size);
}

void tr_sweep_source(const tr_sweep *w, const char *more, char *out, size_t size)
{
    (void)snprintf(out, size, "Calibration %s: equations F5\xE2\x80\x93" "F7, F10%s. Bound: datasheet peaks.",
                   w->row.question->calibration.origin, more);
}

/* A run's clients are as many as are asked for: of users and arrivals nothing was published. */
void tr_sweep_measured(const tr_sweep *w, tr_measured *out)
{
    out->count = 0;
    if (w->load == TR_SWEEP_CLIENTS)
        (void)tr_measured_of_requests(w->row.question, w->row.clients.prompt_token, w->row.clients.output_token, out);
}

/* ---- what lies along the load --------------------------------------------------------------------------------- */

typedef struct words {
    char title[224], subtitle[384], caption[512], source[256], full[96], held[96], knee[64];
    char pay[96], asked[SWEEP_ASKED][96];
    tr_words numbers;
} words;

static const char *name_of(tr_sweep_metric metric) { return metric == TR_SWEEP_TTFT ? "TTFT" : "TPOT"; }

static void write_title(const tr_sweep *w, tr_sweep_metric metric, words *t)
{
    char load[48], times[32];
    const tr_quantity q = tr_sweep_at(w, metric, w->asked[0]);
    tr_sweep_load_text(w, w->asked[0], load, sizeof load);
    if (isnan(q.predicted)) {
        (void)snprintf(t->title, sizeof t->title, "%s are more than hold: requests queue without end", load);
        return;
    }
    const double over = q.predicted / q.bound;
    (void)tr_text_fixed(times, sizeof times, over, over < 9.95 ? 1 : 0);
    (void)snprintf(t->title, sizeof t->title, "At %s %s %s (%s to %s), %s times its bound", load,
                   metric == TR_SWEEP_TTFT ? "the first token comes after" : "an output token takes",
                   tr_words_short(&t->numbers, q.predicted, TR_UNIT_SECOND),
                   tr_words_short(&t->numbers, q.low, TR_UNIT_SECOND),
                   tr_words_short(&t->numbers, q.high, TR_UNIT_SECOND), times);
}

static void write_caption(const tr_sweep *w, const tr_measured *measured, words *t)
{
    (void)tr_text_copy(t->caption, sizeof t->caption,
                       "Band: 90\xC2\xA0% interval. Hatched: lower bound.");
    if (!isnan(w->knee))
        (void)tr_text_append(t->caption, sizeof t->caption,
                             " Past the knee more clients add more waiting than throughput.");
    if (!(w->held > 0.0) && !isnan(w->held))
        (void)tr_text_append(t->caption, sizeof t->caption, " No load meets the objective.");
    tr_measured_caption(measured, "", t->caption, sizeof t->caption);
}

/* What is asked, and where the load ends; returns how many. */
static size_t mark_all(const tr_sweep *w, tr_sweep_metric metric, words *t, tr_mark *mark)
{
    size_t n = 0;
    char load[48];
    for (size_t i = 0; i < w->asked_count; i++) {
        const tr_quantity q = tr_sweep_at(w, metric, w->asked[i]);
        if (isnan(q.predicted))
            continue;
        if (w->asked_count == 1)
            (void)snprintf(t->asked[i], sizeof t->asked[i], "%s: %s",
                           tr_sweep_load_text(w, w->asked[i], load, sizeof load),
                           tr_words_short(&t->numbers, q.predicted, TR_UNIT_SECOND));
        mark[n++] = (tr_mark){.kind = TR_MARK_POINT,
                              .role = TR_ROLE_RESULT,
                              .x = w->asked[i],
                              .y = q.predicted,
                              .text = w->asked_count == 1 ? t->asked[i] : NULL};
    }
    if (!isnan(w->knee)) {
        mark[n++] = (tr_mark){.kind = TR_MARK_VERTICAL,
                              .role = TR_ROLE_OTHER,
                              .x = w->knee,
                              .text = tr_sweep_knee_text(w, t->knee, sizeof t->knee)};
    }
    if (w->held > 0.0 && w->held < w->end) {
        (void)snprintf(t->held, sizeof t->held, "objective met up to %s",
                       tr_sweep_load_text(w, w->held, load, sizeof load));
        mark[n++] = (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_RESULT, .x = w->held, .text = t->held};
    }
    const double last = w->row.drafts.question != NULL ? w->row.drafts.break_even_seq : HUGE_VAL;
    if (metric == TR_SWEEP_TPOT && w->load == TR_SWEEP_CLIENTS && last >= 1.0 && last < w->end) {
        (void)snprintf(t->pay, sizeof t->pay, "drafts pay up to %s", tr_sweep_load_text(w, last, load, sizeof load));
        mark[n++] = (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_OTHER, .x = last, .text = t->pay};
    }
    if (w->full < w->end) {
        (void)snprintf(t->full, sizeof t->full, w->load == TR_SWEEP_RATE ? "at most %s" : "full at %s",
                       tr_sweep_load_text(w, w->full, load, sizeof load));
        mark[n++] = (tr_mark){
            .kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = w->full, .x2 = HUGE_VAL, .text = t->full};
    }
    return n;
}

static tr_status draw(tr_sweep *w, tr_sweep_metric metric, const tr_figure_target *target, tr_sink *sink,
                      tr_error *err)
{
    words t = {.numbers = {.next = 0}};
    tr_measured measured;
    tr_mark mark[SWEEP_ASKED + 4];
    char y_label[48];
    double least = HUGE_VAL; /* room below the floor, so that it is seen as one */
    tr_sweep_line *line = &w->line[0];
    tr_sweep_line_of(w, metric, line);
    for (size_t i = 0; i < w->n; i++)
        least = line->bound[i] < least ? line->bound[i] : least;
    tr_series series[4 + TR_MEASURED_GROUPS] = {
        {.name = "bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = w->at, .y = line->bound, .n = w->n},
        {.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = w->at, .y = line->low, .y2 = line->high, .n = w->n},
        {.name = "predicted", .role = TR_ROLE_RESULT, .x = w->at, .y = line->predicted, .n = w->n},
    };
    tr_sweep_measured(w, &measured);
    size_t lines = 3 + tr_measured_series(&measured, metric == TR_SWEEP_TPOT, series + 3);
    if (metric == TR_SWEEP_TPOT && w->row.clients.draft_token > 0.0) {
        tr_sweep_alone(w, w->line[1].predicted);
        series[lines++] = (tr_series){.name = "predicted without drafts", .role = TR_ROLE_OTHER, .x = w->at,
                                      .y = w->line[1].predicted, .n = w->n};
    }
    write_title(w, metric, &t);
    tr_sweep_subtitle(w, t.subtitle, sizeof t.subtitle);
    write_caption(w, &measured, &t);
    tr_sweep_source(w, "", t.source, sizeof t.source);
    (void)snprintf(y_label, sizeof y_label, "%s, mean of all requests", name_of(metric));
    const tr_figure figure = {
        .title = t.title,
        .subtitle = t.subtitle,
        .caption = t.caption,
        .source = t.source,
        .x = {.label = w->load == TR_SWEEP_RATE    ? "requests that arrive in a second"
                       : w->load == TR_SWEEP_USERS ? "users, who think between requests"
                                                   : "clients, each with one request at a time",
              .unit = w->load == TR_SWEEP_RATE ? TR_UNIT_NONE : TR_UNIT_SEQ,
              .scale = TR_SCALE_LOG,
              .min = w->at[0],
              .max = w->end},
        .y = {.label = y_label, .unit = TR_UNIT_SECOND, .scale = TR_SCALE_LOG, .min = least / 1.5, .max = (double)NAN},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = mark_all(w, metric, &t, mark)};
    return tr_figure_draw(&figure, target, sink, err);
}

static tr_status answer(const tr_scenario *scenario, const tr_problem *question, tr_sweep_metric metric,
                        const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_sweep *sweep;
    tr_status s = tr_sweep_begin(scenario, question, &sweep, err);
    if (s == TR_OK)
        s = draw(sweep, metric, target, sink, err);
    tr_sweep_end(sweep);
    return s;
}

tr_status tr_answer_figure_predict_tpot(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return answer(scenario, question, TR_SWEEP_TPOT, target, sink, err);
}

tr_status tr_answer_figure_predict_ttft(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return answer(scenario, question, TR_SWEEP_TTFT, target, sink, err);
}
