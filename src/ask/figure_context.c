/* ask/figure_context.c -- the time and cost of a step against context, with the cliff. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/expected.h"

typedef struct words {
    char title[192], what[96], subtitle[384], wall[64], limit[64], event[96], here[64];
    tr_words numbers;
} words;

static void write_title(const tr_context_marks *m, double batch_seq, words *w)
{
    const char *b = tr_words_of(&w->numbers, batch_seq, TR_UNIT_SEQ);
    const char *cliff = tr_words_short(&w->numbers, m->cliff_token, TR_UNIT_CONTEXT);
    const char *even = tr_words_short(&w->numbers, m->even_token, TR_UNIT_CONTEXT);
    if (m->cliff_token > 0.0 && m->cliff_token < HUGE_VAL)
        (void)snprintf(
            w->title, sizeof w->title,
            "At batch\xC2\xA0%s, compute sets the pace up to %s tokens of context, then memory does", b,
            cliff);
    else if (m->cliff_token > 0.0)
        (void)snprintf(w->title, sizeof w->title,
                       "At batch\xC2\xA0%s, compute sets the pace at every context: there is no cliff", b);
    else if (m->even_token <= m->end_token)
        (void)snprintf(w->title, sizeof w->title,
                       "At batch\xC2\xA0%s, reading the KV\xC2\xA0"
                       "cache takes longer than the weights from %s tokens of context",
                       b, even);
    else
        (void)snprintf(w->title, sizeof w->title,
                       "At batch\xC2\xA0%s, reading the weights sets the pace at every context", b);
}

/* Where the pace changes: the cliff, or else where the cache outweighs the weights. */
static size_t mark_event(const tr_problem *question, const tr_context_marks *m, double batch_seq, words *w,
                         tr_mark *mark)
{
    if (m->cliff_token > 0.0 && m->cliff_token <= m->end_token) {
        (void)snprintf(w->event, sizeof w->event, "cliff: %s",
                       tr_words_short(&w->numbers, m->cliff_token, TR_UNIT_CONTEXT));
        *mark = (tr_mark){.kind = TR_MARK_POINT,
                          .role = TR_ROLE_RESULT,
                          .x = m->cliff_token,
                          .y = tr_figure_step(question, batch_seq, m->cliff_token).step_s,
                          .text = w->event};
        return 1;
    }
    if (m->cliff_token <= 0.0 && m->even_token <= m->end_token) {
        (void)snprintf(w->event, sizeof w->event,
                       "KV\xC2\xA0"
                       "cache = weights at %s",
                       tr_words_short(&w->numbers, m->even_token, TR_UNIT_CONTEXT));
        *mark = (tr_mark){.kind = TR_MARK_POINT,
                          .role = TR_ROLE_KV,
                          .x = m->even_token,
                          .y = tr_figure_step(question, batch_seq, m->even_token).kv_s,
                          .text = w->event};
        return 1;
    }
    return 0;
}

static size_t mark_limits(const tr_context_marks *m, words *w, tr_mark *mark)
{
    size_t count = 0;
    if (m->most_token < m->end_token) {
        (void)snprintf(w->wall, sizeof w->wall, "memory is full at %s",
                       tr_words_short(&w->numbers, m->most_token, TR_UNIT_CONTEXT));
        mark[count++] = (tr_mark){.kind = TR_MARK_REGION,
                                  .role = TR_ROLE_LIMIT,
                                  .x = m->most_token,
                                  .x2 = HUGE_VAL,
                                  .text = w->wall};
    }
    if (m->limit_token > 0.0 && m->limit_token < m->end_token) {
        (void)snprintf(w->limit, sizeof w->limit, "the model's limit, %s",
                       tr_words_of(&w->numbers, m->limit_token, TR_UNIT_CONTEXT));
        mark[count++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = m->limit_token, .text = w->limit};
    }
    return count;
}

tr_status tr_figure_context_at(const tr_problem *question, double batch_seq, const tr_figure_target *target,
                               tr_sink *sink, tr_error *err)
{
    const tr_status s = tr_check_figure(question, batch_seq, 0.0, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const double here = question->load.context_token;
    const tr_context_marks m = tr_context_marks_of(question, batch_seq);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    const double places[4] = {m.cliff_token, m.even_token, m.most_token, here};
    tr_curve_grid_cubic(&c, 0.0, m.end_token, places, 4);
    tr_curve_over_context(&c, question, batch_seq);
    write_title(&m, batch_seq, &w);
    (void)snprintf(w.what, sizeof w.what, "one decode step of batch\xC2\xA0%s",
                   tr_words_of(&w.numbers, batch_seq, TR_UNIT_SEQ));
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);

    tr_expected expected;
    const int more = tr_expected_over_context(question, &c, batch_seq, here > 0.0 ? here : 4096.0, &expected);
    tr_series series[6] = {
        {.name = "weights", .role = TR_ROLE_WEIGHTS, .x = c.at, .y = c.weights_s, .n = c.n},
        {.name = "KV cache", .role = TR_ROLE_KV, .x = c.at, .y = c.kv_s, .n = c.n},
        {.name = "compute", .role = TR_ROLE_COMPUTE, .x = c.at, .y = c.compute_s, .n = c.n},
        tr_expected_bound(&c, "step", more),
    };
    const size_t lines = 4 + (more ? tr_expected_series(&expected, &c, series + 4) : 0);
    tr_mark mark[4];
    size_t count = more ? 0 : mark_event(question, &m, batch_seq, &w, mark);
    if (here > 0.0 && here <= m.end_token) {
        const tr_load load = {TR_PHASE_DECODE, batch_seq, here, 1.0};
        tr_step pass = tr_figure_step(question, batch_seq, here);
        const int fits = !more || tr_problem_step(question, question->physics, &load, &pass, NULL) == TR_OK;
        const double step_s = pass.step_s;
        const char *at = tr_words_of(&w.numbers, here, TR_UNIT_CONTEXT);
        (void)snprintf(w.here, sizeof w.here, "%s: %s", at,
                       tr_words_short(&w.numbers, step_s, TR_UNIT_SECOND));
        mark[count] =
            (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = here, .y = step_s, .text = w.here};
        count += fits ? 1 : 0;
    }
    count += mark_limits(&m, &w, mark + count);
    const tr_axis dollars = {.label = "dollars for a million tokens", .unit = TR_UNIT_USD};
    const tr_figure figure = {
        .title = more ? expected.title : w.title,
        .subtitle = w.subtitle,
        .caption =
            more ? expected.caption
            : m.cliff_token <= 0.0
                ? "The weights are read once for the whole batch, however long the context; each sequence's "
                  "KV\xC2\xA0"
                  "cache is read whole for every token, so its time grows with the context."
                : "Every cached token is read again for each new one, so the time of the KV\xC2\xA0"
                  "cache grows with "
                  "context. Where memory overtakes compute, the step turns and follows it.",
        .source = more ? expected.source
                       : "Bound physics: datasheet peaks, so nothing real is faster. Equations R1\xE2\x80\x93R6, "
                         "R10, R11, R13.",
        .x = {.label = "context: tokens cached for each sequence",
              .unit = TR_UNIT_CONTEXT,
              .min = 0.0,
              .max = m.end_token},
        .y = {.label = "time of one step", .unit = TR_UNIT_SECOND},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = count,
        .y2 = roof->usd_per_s > 0.0 ? &dollars : NULL,
        .y2_ratio = roof->usd_per_s / batch_seq * 1e6};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_context(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                   tr_error *err)
{
    return tr_figure_context_at(question, question->load.batch_seq, target, sink, err);
}
