/* ask/figure_cost.c -- what a token costs against batch: the hyperbola, and the floor it can never pass.
 */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/expected.h"
#include "ask/measured_runs.h"
#include "base/text.h"

typedef struct words {
    char caption[512], title[192], what[128], subtitle[384], floor[64], wall[64], point[3][64];
    tr_words numbers;
} words;

static double step_of(const tr_problem *question, double batch_seq)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, question->load.context_token, 1.0};
    tr_step step;
    if (question->physics == TR_PHYSICS_BOUND)
        return tr_figure_step(question, batch_seq, load.context_token).step_s;
    return tr_problem_step(question, question->physics, &load, &step, NULL) == TR_OK ? step.step_s : (double)NAN;
}

static tr_mark point_of(const tr_problem *question, const tr_second *p, double batch_seq, const char *extra,
                        words *w, size_t i)
{
    const double cost = tr_second_cost(p, step_of(question, batch_seq), batch_seq);
    const char *cost_text = tr_words_short(&w->numbers, cost, p->unit);
    /* A balance is no batch anyone chose: three digits of it are enough. */
    const char *batch_text = extra[0] != '\0'
                                 ? tr_words_short(&w->numbers, floor(batch_seq + 0.5), TR_UNIT_SEQ)
                                 : tr_words_of(&w->numbers, batch_seq, TR_UNIT_SEQ);
    (void)snprintf(w->point[i], sizeof w->point[i], "%sbatch\xC2\xA0%s: %s", extra, batch_text, cost_text);
    return (tr_mark){
        .kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = batch_seq, .y = cost, .text = w->point[i]};
}

static void write_title(const tr_problem *question, const tr_second *p, const tr_batch_marks *marks, double least,
                        words *w)
{
    const double context = question->load.context_token, least_seq = question->roof.copy_count;
    const double one = tr_second_cost(p, tr_figure_step(question, least_seq, context).step_s, least_seq);
    const char *first = tr_words_short(&w->numbers, one, p->unit);
    char end[96];
    if (marks->most_seq <= marks->end_seq && marks->most_seq < marks->balance_seq) {
        const double best =
            tr_second_cost(p, tr_figure_step(question, marks->most_seq, context).step_s, marks->most_seq);
        (void)snprintf(end, sizeof end, "%s at %s, where memory is full",
                       tr_words_short(&w->numbers, best, p->unit),
                       tr_words_of(&w->numbers, marks->most_seq, TR_UNIT_SEQ));
    } else if (marks->balance_seq <= marks->end_seq) {
        (void)snprintf(end, sizeof end, "%s from batch\xC2\xA0%s on",
                       tr_words_short(&w->numbers, least, p->unit),
                       tr_words_short(&w->numbers, floor(marks->balance_seq + 0.5), TR_UNIT_SEQ));
    } else {
        (void)snprintf(end, sizeof end, "never below %s", tr_words_short(&w->numbers, least, p->unit));
    }
    (void)snprintf(w->title, sizeof w->title,
                   "A million tokens: %s%s at batch\xC2\xA0%s, %s",
                   first, p->unit == TR_UNIT_USD ? "" : " chip-seconds",
                   tr_words_of(&w->numbers, least_seq, TR_UNIT_SEQ), end);
}

/* Between which costs the batches that fit lie. */
static void expected_title(const tr_problem *question, const tr_second *p, const tr_expected *expected,
                           const tr_curve *c, words *w)
{
    const double least_seq = question->roof.copy_count;
    size_t last = c->n;
    while (last > 0 && isnan(expected->step_s[last - 1]))
        last--;
    if (last == 0)
        (void)snprintf(w->title, sizeof w->title, "No batch of this layout fits its chips");
    else
        (void)snprintf(w->title, sizeof w->title,
                       "%s a million tokens cost %s%s at batch\xC2\xA0%s and %s at %s",
                       question->physics == TR_PHYSICS_FITTED ? "Predicted:" : "By operators:",
                       tr_words_short(&w->numbers, tr_second_cost(p, step_of(question, least_seq), least_seq), p->unit),
                       p->unit == TR_UNIT_USD ? "" : " chip-seconds",
                       tr_words_of(&w->numbers, least_seq, TR_UNIT_SEQ),
                       tr_words_short(&w->numbers, expected->step_s[last - 1], p->unit),
                       tr_words_short(&w->numbers, floor(c->at[last - 1]), TR_UNIT_SEQ));
}

tr_status tr_answer_figure_cost(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                tr_error *err)
{
    const tr_status s = tr_check_figure(question, 1.0, question->load.context_token, err);
    if (s != TR_OK)
        return s;
    const tr_roofline *roof = &question->roof;
    const int priced = roof->usd_per_s > 0.0;
    const tr_second p = tr_second_of(roof);
    const double context = question->load.context_token, here = question->load.batch_seq;
    const tr_batch_marks marks = tr_batch_marks_of(question, context);
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    const double end = marks.end_seq > marks.most_seq ? marks.end_seq : 2.0 * marks.end_seq;
    const double least_seq = roof->copy_count; /* fewer leave replicas idle, and cost more for nothing */
    const double places[3] = {marks.balance_seq, marks.most_seq, here};
    tr_curve_grid_log(&c, least_seq, end, places, 3);
    tr_curve_over_batch(&c, question, context);
    tr_expected expected;
    const int more = tr_expected_over_batch(question, &c, context, here, &expected);
    const double compute = tr_second_cost(&p, c.compute_s[0], least_seq), kv = tr_second_cost(&p, c.kv_s[0], least_seq);
    for (size_t i = 0; i < c.n; i++) {
        c.compute_s[i] = tr_second_cost(&p, c.compute_s[i], c.at[i]);
        c.weights_s[i] = tr_second_cost(&p, c.weights_s[i], c.at[i]);
        c.kv_s[i] = tr_second_cost(&p, c.kv_s[i], c.at[i]);
        c.step_s[i] = tr_second_cost(&p, c.step_s[i], c.at[i]);
    }
    const double least = compute > kv ? compute : kv;
    if (more) {
        for (size_t i = 0; i < c.n; i++) {
            expected.step_s[i] = tr_second_cost(&p, expected.step_s[i], c.at[i]);
            expected.low_s[i] = tr_second_cost(&p, expected.low_s[i], c.at[i]);
            expected.high_s[i] = tr_second_cost(&p, expected.high_s[i], c.at[i]);
        }
        expected_title(question, &p, &expected, &c, &w);
    } else {
        write_title(question, &p, &marks, least, &w);
    }
    (void)snprintf(w.what, sizeof w.what, "decode at %s context%s%s",
                   tr_words_of(&w.numbers, context, TR_UNIT_CONTEXT), priced ? ", " : "",
                   priced ? tr_words_of(&w.numbers, question->system->usd_per_hour, TR_UNIT_USD_PER_HOUR)
                          : "");
    tr_figure_subtitle(question, w.what, w.subtitle, sizeof w.subtitle);
    (void)snprintf(w.floor, sizeof w.floor, "%s: floor %s", compute > kv ? "compute" : "KV cache",
                   tr_words_short(&w.numbers, least, p.unit));
    (void)snprintf(w.wall, sizeof w.wall, "memory is full at batch %s",
                   tr_words_of(&w.numbers, marks.most_seq, TR_UNIT_SEQ));
    tr_series series[6 + TR_MEASURED_GROUPS] = {
        {.name = "weights", .role = TR_ROLE_WEIGHTS, .x = c.at, .y = c.weights_s, .n = c.n},
        {.name = kv >= compute ? w.floor : "KV cache",
         .role = TR_ROLE_KV,
         .x = c.at,
         .y = c.kv_s,
         .n = kv > 0.0 ? c.n : 0},
        {.name = compute > kv ? w.floor : "compute",
         .role = TR_ROLE_COMPUTE,
         .x = c.at,
         .y = c.compute_s,
         .n = c.n},
        tr_expected_bound(&c, "total", more),
    };
    size_t lines = 4 + (more ? tr_expected_series(&expected, &c, series + 4) : 0);
    tr_measured measured;
    double ring[TR_MEASURED_GROUPS][TR_MEASURED_RUNS];
    (void)tr_measured_of_context(question, context, &measured);
    (void)tr_measured_series(&measured, 1, series + lines);
    for (size_t i = 0; i < measured.count; i++, lines++) {
        for (size_t k = 0; k < series[lines].n; k++)
            ring[i][k] = tr_second_cost(&p, series[lines].y[k], series[lines].x[k]);
        series[lines].y = ring[i];
    }
    tr_mark mark[4];
    size_t count = 0;
    if (!isnan(step_of(question, least_seq)))
        mark[count++] = point_of(question, &p, least_seq, "", &w, 0);
    if (!more && marks.balance_seq > 1.0 && marks.balance_seq <= end)
        mark[count++] = point_of(question, &p, marks.balance_seq, "balance, ", &w, 1);
    if (here > least_seq && here <= end && !isnan(step_of(question, here)))
        mark[count++] = point_of(question, &p, here, "", &w, 2);
    if (marks.most_seq < end)
        mark[count++] = (tr_mark){.kind = TR_MARK_REGION,
                                  .role = TR_ROLE_LIMIT,
                                  .x = marks.most_seq,
                                  .x2 = HUGE_VAL,
                                  .text = w.wall};
    (void)tr_text_copy(w.caption, sizeof w.caption,
                       "The batch shares the cost of reading the weights, which falls as 1/batch. Compute, and "
                       "reading one's own "
                       "KV\xC2\xA0"
                       "cache, are shared with nobody: no batch is cheaper than the larger of the two.");
    tr_measured_caption(&measured, "TPOT of ", w.caption, sizeof w.caption);
    /* Room below the floor, so that it is seen as one. */
    double low = least;
    if (c.weights_s[c.n - 1] < low && c.weights_s[c.n - 1] > low / 8.0)
        low = c.weights_s[c.n - 1];
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = w.caption,
        .source = more     ? expected.source
                  : priced ? "Bound physics: datasheet peaks, so nothing real is cheaper. Equations "
                           "R1\xE2\x80\x93R6, R9, R12."
                         : "No price is known for this system: cost is in chip-seconds. Bound physics: "
                           "datasheet peaks. "
                           "Equations R1\xE2\x80\x93R6, R9, R12.",
        .x = {.label = "batch: sequences decoded together",
              .unit = TR_UNIT_SEQ,
              .scale = TR_SCALE_LOG,
              .min = least_seq,
              .max = end},
        .y = {.label = p.axis,
              .unit = p.unit,
              .scale = TR_SCALE_LOG,
              .min = low / 3.0,
              .max = (double)NAN},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = count};
    return tr_figure_draw(&figure, target, sink, err);
}
