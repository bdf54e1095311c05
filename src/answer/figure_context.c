/* answer/figure_context.c -- the time and cost of a step against context, with the cliff. */
#include <math.h>
#include <stdio.h>

#include "answer/figure_parts.h"
#include "answer/step_row.h"

typedef struct words {
    char title[192], what[96], subtitle[384], wall[64], limit[64], cliff[96], equal[96], here[64];
    tr_words numbers;
} words;

/* Context at which reading the KV cache takes as long as reading the weights; HUGE_VAL if it never does. */
static double even_context_token(const tr_case *question, double batch_seq)
{
    double low = 0.0, high = 1024.0;
    for (;;) {
        const tr_step step = tr_figure_step(question, batch_seq, high);
        if (step.kv_s >= step.weights_s)
            break;
        low = high;
        high *= 2.0;
        if (high > 1e10)
            return HUGE_VAL;
    }
    while (high - low > 1.0) {
        const double middle = floor((low + high) / 2.0);
        const tr_step step = tr_figure_step(question, batch_seq, middle);
        if (step.kv_s >= step.weights_s)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static double end_of(double event, double wall, double limit, double here)
{
    /* Nobody's context: millions of tokens that no model is known to take. */
    if (!(limit > 0.0) && event > 4194304.0)
        event = HUGE_VAL;
    double end = event < HUGE_VAL ? 2.2 * event : limit > 0.0 ? limit : 131072.0;
    if (limit > 0.0 && end > 1.15 * limit)
        end = event < 3.0 * limit && event > limit ? 1.2 * event : 1.15 * limit;
    if (wall >= 1.0 && wall < end)
        end = event < 2.5 * wall && event > wall ? 1.2 * event : 1.25 * wall;
    if (end < 1.15 * here && here <= wall)
        end = 1.15 * here;
    return end < 64.0 ? 64.0 : end;
}

tr_status tr_answer_figure_context(const tr_case *question, const tr_figure_target *target, tr_sink *sink,
                                   tr_error *err)
{
    const tr_status s = tr_check_weights_fit(question, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const double batch = question->load.batch_seq, here = question->load.context_token;
    const double cliff = tr_cliff_context_token(roof, &question->model, batch);
    const double even = even_context_token(question, batch);
    const double wall = tr_max_context_token(roof, &question->model, batch);
    const double limit = question->model.max_context_token;
    const int bound_by_memory = cliff <= 0.0;
    const double end = end_of(bound_by_memory ? even : cliff, wall, limit, here);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    const double places[4] = {cliff, even, wall, here};
    tr_curve_grid_cubic(&c, 0.0, end, places, 4);
    tr_curve_over_context(&c, question, batch);

    const char *b = tr_words_of(&w.numbers, batch, TR_UNIT_SEQ);
    if (bound_by_memory && !(even <= end))
        (void)snprintf(w.title, sizeof w.title,
                       "At batch\xC2\xA0%s, reading the weights sets the pace at every context", b);
    else if (bound_by_memory)
        (void)snprintf(w.title, sizeof w.title,
                       "At batch\xC2\xA0%s, reading the KV\xC2\xA0"
                       "cache costs more than the weights from %s tokens of context",
                       b, tr_words_short(&w.numbers, even, TR_UNIT_CONTEXT));
    else if (cliff < HUGE_VAL)
        (void)snprintf(
            w.title, sizeof w.title,
            "At batch\xC2\xA0%s, context is free up to %s; beyond that cliff every token pays for it", b,
            tr_words_short(&w.numbers, cliff, TR_UNIT_CONTEXT));
    else
        (void)snprintf(w.title, sizeof w.title,
                       "At batch\xC2\xA0%s, compute sets the pace at every context: there is no cliff", b);
    (void)snprintf(w.what, sizeof w.what, "one decode step of batch\xC2\xA0%s", b);
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);

    const tr_series series[] = {
        {.name = "weights", .role = TR_ROLE_WEIGHTS, .x = c.at, .y = c.weights_s, .n = c.n},
        {.name = "KV cache", .role = TR_ROLE_KV, .x = c.at, .y = c.kv_s, .n = c.n},
        {.name = "compute", .role = TR_ROLE_COMPUTE, .x = c.at, .y = c.compute_s, .n = c.n},
        {.name = "step", .role = TR_ROLE_RESULT, .x = c.at, .y = c.step_s, .n = c.n},
    };
    tr_mark mark[5];
    size_t count = 0;
    if (!bound_by_memory && cliff <= end) {
        (void)snprintf(w.cliff, sizeof w.cliff, "cliff: %s",
                       tr_words_short(&w.numbers, cliff, TR_UNIT_CONTEXT));
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_RESULT,
                                  .x = cliff,
                                  .y = tr_figure_step(question, batch, cliff).step_s,
                                  .text = w.cliff};
    } else if (bound_by_memory && even <= end) {
        (void)snprintf(w.equal, sizeof w.equal,
                       "KV\xC2\xA0"
                       "cache = weights at %s",
                       tr_words_short(&w.numbers, even, TR_UNIT_CONTEXT));
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_KV,
                                  .x = even,
                                  .y = tr_figure_step(question, batch, even).kv_s,
                                  .text = w.equal};
    }
    if (here > 0.0 && here <= end) {
        const double step_s = tr_figure_step(question, batch, here).step_s;
        (void)snprintf(w.here, sizeof w.here, "%s: %s", tr_words_of(&w.numbers, here, TR_UNIT_CONTEXT),
                       tr_words_short(&w.numbers, step_s, TR_UNIT_SECOND));
        mark[count++] =
            (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = here, .y = step_s, .text = w.here};
    }
    if (wall < end) {
        (void)snprintf(w.wall, sizeof w.wall, "memory is full at %s",
                       tr_words_short(&w.numbers, wall, TR_UNIT_CONTEXT));
        mark[count++] = (tr_mark){
            .kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = wall, .x2 = HUGE_VAL, .text = w.wall};
    }
    if (limit > 0.0 && limit < end) {
        (void)snprintf(w.limit, sizeof w.limit, "the model's limit, %s",
                       tr_words_of(&w.numbers, limit, TR_UNIT_CONTEXT));
        mark[count++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = limit, .text = w.limit};
    }
    const tr_axis dollars = {.label = "dollars for a million tokens", .unit = TR_UNIT_USD};
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption =
            bound_by_memory
                ? "The weights are read once for the whole batch, however long the context; each sequence's "
                  "KV\xC2\xA0"
                  "cache is read whole for every token, so its time grows with the context."
                : "Compute hardly knows how long the context is; the KV\xC2\xA0"
                  "cache grows with every token "
                  "of it. Where memory overtakes compute, time and cost begin to climb.",
        .source = "Bound physics: datasheet peaks, so nothing real is faster. "
                  "Equations R1\xE2\x80\x93R6, R10, R11, R13.",
        .x = {.label = "context: tokens cached for each sequence",
              .unit = TR_UNIT_CONTEXT,
              .min = 0.0,
              .max = end},
        .y = {.label = "time of one step", .unit = TR_UNIT_SECOND},
        .series = series,
        .series_count = 4,
        .marks = mark,
        .mark_count = count,
        .y2 = roof->usd_per_s > 0.0 ? &dollars : NULL,
        .y2_ratio = roof->usd_per_s / batch * 1e6};
    return tr_figure_draw(&figure, target, sink, err);
}
