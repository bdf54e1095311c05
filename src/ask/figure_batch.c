/* ask/figure_batch.c -- the time of one step against batch: three terms, their crossing, the memory's end.
 */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/expected.h"
#include "ask/measured_runs.h"
#include "base/text.h"

typedef struct words {
    char caption[512], title[160], what[96], subtitle[384], weights[64], wall[64], here[64];
    tr_words numbers;
} words;

static void write_title(const tr_batch_marks *marks, words *w)
{
    const char *balance = tr_words_short(&w->numbers, floor(marks->balance_seq + 0.5), TR_UNIT_SEQ);
    const char *most = tr_words_of(&w->numbers, marks->most_seq, TR_UNIT_SEQ);
    if (!(marks->balance_seq < HUGE_VAL))
        (void)snprintf(w->title, sizeof w->title,
                       "Reading the KV cache outgrows compute: no batch is compute-bound");
    else if (marks->balance_seq > marks->most_seq)
        (void)snprintf(w->title, sizeof w->title,
                       "Memory is full at batch %s, before compute would take over at %s", most, balance);
    else
        (void)snprintf(w->title, sizeof w->title,
                       "Memory sets the pace up to batch %s, then compute takes over", balance);
}

tr_status tr_answer_figure_batch(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                 tr_error *err)
{
    const tr_status s = tr_check_figure(question, 1.0, question->load.context_token, err);
    if (s != TR_OK)
        return s;
    const double context = question->load.context_token, here = question->load.batch_seq;
    const tr_batch_marks marks = tr_batch_marks_of(question, context);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    const double usual = 64.0 * question->roof.copy_count;
    const double told = here > usual ? here : usual; /* what the title of another physics is about */
    const double places[4] = {marks.balance_seq, marks.most_seq, here, told};
    tr_curve_grid_cubic(&c, 1.0, marks.end_seq, places, question->physics == TR_PHYSICS_BOUND ? 3 : 4);
    tr_curve_over_batch(&c, question, context);

    write_title(&marks, &w);
    (void)snprintf(w.what, sizeof w.what, "one decode step at %s context",
                   tr_words_of(&w.numbers, context, TR_UNIT_CONTEXT));
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);
    /* A mixture comes to its floor only when every expert is somebody's. */
    const double floor_s = tr_floor_s(&question->roof);
    (void)snprintf(w.weights, sizeof w.weights,
                   c.weights_s[c.n - 1] > 0.97 * floor_s ? "weights: floor %s" : "weights: rising to %s",
                   tr_words_short(&w.numbers, floor_s, TR_UNIT_SECOND));
    (void)snprintf(w.wall, sizeof w.wall, "memory is full at batch %s",
                   tr_words_of(&w.numbers, marks.most_seq, TR_UNIT_SEQ));

    tr_expected expected;
    const int more = tr_expected_over_batch(question, &c, context, told, &expected);
    tr_series series[6 + TR_MEASURED_GROUPS] = {
        {.name = w.weights, .role = TR_ROLE_WEIGHTS, .x = c.at, .y = c.weights_s, .n = c.n},
        {.name = "KV cache", .role = TR_ROLE_KV, .x = c.at, .y = c.kv_s, .n = c.n},
        {.name = "compute", .role = TR_ROLE_COMPUTE, .x = c.at, .y = c.compute_s, .n = c.n},
        tr_expected_bound(&c, "step", more),
    };
    size_t lines = 4 + (more ? tr_expected_series(&expected, &c, series + 4) : 0);
    tr_measured measured;
    (void)tr_measured_of_context(question, context, &measured);
    lines += tr_measured_series(&measured, 1, series + lines);
    tr_mark mark[4];
    size_t count = 0;
    char balance[96];
    if (!more && marks.balance_seq <= marks.end_seq) {
        const double step_s =
            tr_figure_step(question, marks.balance_seq < 1.0 ? 1.0 : marks.balance_seq, context).step_s;
        (void)snprintf(balance, sizeof balance, "balance: batch\xC2\xA0%s, %s",
                       tr_words_short(&w.numbers, floor(marks.balance_seq + 0.5), TR_UNIT_SEQ),
                       tr_words_short(&w.numbers, step_s, TR_UNIT_SECOND));
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_RESULT,
                                  .x = marks.balance_seq,
                                  .y = step_s,
                                  .text = balance};
    }
    if (!more && !(marks.balance_seq < HUGE_VAL) && marks.even_seq <= marks.end_seq) {
        /* No batch is compute-bound: what can be told is where the cache outweighs the weights. */
        const double even = marks.even_seq;
        (void)snprintf(balance, sizeof balance,
                       "KV\xC2\xA0"
                       "cache = weights at batch\xC2\xA0%s",
                       tr_words_short(&w.numbers, floor(even + 0.5), TR_UNIT_SEQ));
        mark[count++] = (tr_mark){.kind = TR_MARK_POINT,
                                  .role = TR_ROLE_KV,
                                  .x = even,
                                  .y = tr_figure_step(question, even < 1.0 ? 1.0 : even, context).kv_s,
                                  .text = balance};
    }
    if (here > 1.0 && here <= marks.end_seq) {
        const tr_load load = {TR_PHASE_DECODE, here, context, 1.0};
        tr_step pass = tr_figure_step(question, here, context);
        const int fits = !more || tr_problem_step(question, question->physics, &load, &pass, NULL) == TR_OK;
        const double step_s = pass.step_s;
        (void)snprintf(w.here, sizeof w.here, "batch\xC2\xA0%s: %s",
                       tr_words_of(&w.numbers, here, TR_UNIT_SEQ),
                       tr_words_short(&w.numbers, step_s, TR_UNIT_SECOND));
        mark[count] =
            (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = here, .y = step_s, .text = w.here};
        count += fits ? 1 : 0;
    }
    if (marks.most_seq < marks.end_seq)
        mark[count++] = (tr_mark){.kind = TR_MARK_REGION,
                                  .role = TR_ROLE_LIMIT,
                                  .x = marks.most_seq,
                                  .x2 = HUGE_VAL,
                                  .text = w.wall};
    (void)tr_text_copy(w.caption, sizeof w.caption,
                       more ? expected.caption
                            : "A step takes the longer of two: compute, and memory, which is weights plus KV\xC2\xA0"
                              "cache on one bus. "
                              "The weights are read once for the whole batch; every sequence brings its own cache.");
    tr_measured_caption(&measured, "TPOT of ", w.caption, sizeof w.caption);
    const tr_figure figure = {
        .title = more ? expected.title : w.title,
        .subtitle = w.subtitle,
        .caption = w.caption,
        .source =
            more ? expected.source
                   : "Bound physics: datasheet peaks, so nothing real is faster. Equations R1\xE2\x80\x93"
                     "R6, R9, R12.",
        .x = {.label = "batch: sequences decoded together",
              .unit = TR_UNIT_SEQ,
              .min = 0.0,
              .max = marks.end_seq},
        .y = {.label = "time of one step", .unit = TR_UNIT_SECOND},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = count};
    return tr_figure_draw(&figure, target, sink, err);
}
