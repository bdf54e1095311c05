/* ask/figure_use.c -- shares of peak compute (MFU) and of peak bandwidth (MBU) along batch, context or query.
 */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/meeting.h"

enum { MFU, MBU, SHARES };

typedef struct sheet {
    tr_curve curve; /* its grid */
    double bound[SHARES][FIGURE_POINTS], expected[SHARES][FIGURE_POINTS];
    double low[SHARES][FIGURE_POINTS], high[SHARES][FIGURE_POINTS];
} sheet;

typedef struct words {
    char title[224], what[128], subtitle[384], balance[96], wall[64], source[320];
    tr_words numbers;
} words;

/* The reach of the picture, what fits, and where compute and memory meet. */
typedef struct reach {
    double from, to, most, meet;
} reach;

static reach reach_of(const tr_along *along)
{
    const tr_problem *question = along->question;
    if (along->input == TR_ALONG_CONTEXT) {
        const tr_context_marks m = tr_context_marks_of(question, along->batch_seq);
        return (reach){0.0, m.end_token, m.most_token, m.cliff_token};
    }
    if (along->input == TR_ALONG_QUERY) {
        const tr_query_marks m = tr_query_marks_of(question, along->batch_seq, along->context_token);
        return (reach){1.0, m.end_token, m.most_token, m.ridge_token};
    }
    const tr_batch_marks m = tr_batch_marks_of(question, along->context_token);
    return (reach){1.0, m.end_seq, m.most_seq, m.balance_seq};
}

static void fill(const tr_along *along, sheet *s)
{
    const tr_problem *question = along->question;
    for (size_t i = 0; i < s->curve.n; i++) {
        const tr_load load = tr_along_load(along, s->curve.at[i]);
        tr_step bound, step;
        const int fine = tr_bound_step(&question->roof, &load, &bound, NULL) == TR_OK;
        const int fits = question->physics != TR_PHYSICS_BOUND &&
                         tr_problem_step(question, question->physics, &load, &step, NULL) == TR_OK;
        for (int k = 0; k < SHARES; k++) {
            const double share = !fits ? (double)NAN : k == MFU ? step.mfu : step.mbu;
            s->bound[k][i] = !fine ? (double)NAN : k == MFU ? bound.mfu : bound.mbu;
            s->expected[k][i] = share;
            s->low[k][i] = fits ? share * (step.step_s / step.high_s) : (double)NAN;
            s->high[k][i] = fits ? share * (step.step_s / step.low_s) : (double)NAN;
        }
    }
}

static tr_unit unit_of(const tr_along *along)
{
    return along->input == TR_ALONG_BATCH ? TR_UNIT_SEQ : TR_UNIT_CONTEXT;
}

static void write_title(const tr_along *along, const reach *r, words *w)
{
    static const char *const memory_side[TR_ALONG_COUNT] = {"below", "beyond", "below"};
    const char *at = tr_words_short(&w->numbers, r->meet, unit_of(along));
    if (r->meet > 0.0 && r->meet < HUGE_VAL && r->meet > r->from)
        (void)snprintf(w->title, sizeof w->title,
                       "Bandwidth is what a pass uses up %s %s %s, compute on the other side",
                       memory_side[along->input], tr_along_name(along->input), at);
    else if ((along->input == TR_ALONG_CONTEXT) == (r->meet < HUGE_VAL && r->meet <= r->from))
        (void)snprintf(w->title, sizeof w->title, "At every %s bandwidth is used up before compute is",
                       tr_along_name(along->input));
    else
        (void)snprintf(w->title, sizeof w->title, "At every %s compute is used up before bandwidth is",
                       tr_along_name(along->input));
}

static void write_words(const tr_along *along, const reach *r, words *w)
{
    const tr_problem *question = along->question;
    const char *batch = tr_words_of(&w->numbers, along->batch_seq, TR_UNIT_SEQ);
    const char *context = tr_words_of(&w->numbers, along->context_token, TR_UNIT_CONTEXT);
    write_title(along, r, w);
    if (along->input == TR_ALONG_BATCH)
        (void)snprintf(w->what, sizeof w->what, "one decode step at %s context", context);
    else if (along->input == TR_ALONG_CONTEXT)
        (void)snprintf(w->what, sizeof w->what, "one decode step of batch\xC2\xA0%s", batch);
    else
        (void)snprintf(w->what, sizeof w->what, "one pass of batch\xC2\xA0%s on %s context", batch, context);
    tr_figure_subtitle(question, w->what, w->subtitle, sizeof w->subtitle);
    (void)snprintf(w->wall, sizeof w->wall, "memory is full at %s",
                   tr_words_short(&w->numbers, r->most, unit_of(along)));
    const double without = tr_meeting_without(along);
    if (along->input == TR_ALONG_QUERY || !(without > 0.0 && without < HUGE_VAL))
        (void)snprintf(w->balance, sizeof w->balance, "balance: %s",
                       tr_words_short(&w->numbers, r->meet, unit_of(along)));
    else
        (void)snprintf(w->balance, sizeof w->balance, "balance: %s (%s without attention)",
                       tr_words_short(&w->numbers, r->meet, unit_of(along)),
                       tr_words_short(&w->numbers, without, unit_of(along)));
    if (question->physics == TR_PHYSICS_BOUND)
        (void)snprintf(w->source, sizeof w->source,
                       "Bound physics: datasheet peaks, one of the two is always used up. "
                       "Equations R8, R11, R30, R31.");
    else
        (void)snprintf(w->source, sizeof w->source, "%s%s. Bound: equations R8, R11, R30, R31.",
                       question->physics == TR_PHYSICS_FITTED ? "Fitted physics, calibration "
                                                              : "Ops physics, equation R27",
                       question->physics == TR_PHYSICS_FITTED ? question->calibration.origin : "");
}

/* Lines of both shares, with what is predicted. */
static size_t lines_of(const tr_problem *question, const sheet *s, tr_series *out)
{
    static const char *const name[2][SHARES] = {{"MFU", "MBU"}, {"MFU at the bound", "MBU at the bound"}};
    static const tr_role role[SHARES] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS};
    const int more = question->physics != TR_PHYSICS_BOUND, band = question->physics == TR_PHYSICS_FITTED;
    size_t drawn = 0;
    for (int k = 0; k < SHARES; k++)
        out[drawn++] = (tr_series){.name = name[more][k],
                               .kind = more ? TR_SERIES_DASHED : TR_SERIES_LINE,
                               .role = role[k],
                               .x = s->curve.at,
                               .y = s->bound[k],
                               .n = s->curve.n};
    for (int k = 0; more && k < SHARES; k++) {
        if (band)
            out[drawn++] = (tr_series){.kind = TR_SERIES_BAND,
                                   .role = role[k],
                                   .x = s->curve.at,
                                   .y = s->low[k],
                                   .y2 = s->high[k],
                                   .n = s->curve.n};
        out[drawn++] = (tr_series){
            .name = name[0][k], .role = role[k], .x = s->curve.at, .y = s->expected[k], .n = s->curve.n};
    }
    return drawn;
}

tr_status tr_figure_use(const tr_along *along, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    static const char *const axis[TR_ALONG_COUNT] = {"batch: sequences decoded together",
                                                     "context: tokens cached for each sequence",
                                                     "query: new tokens of each sequence in one pass"};
    const tr_status status = tr_check_along(along, err);
    if (status != TR_OK)
        return status;
    const reach r = reach_of(along);
    const int is_context = along->input == TR_ALONG_CONTEXT;
    words w = {.numbers = {.next = 0}};
    sheet s;
    const double places[2] = {r.meet, r.most};
    if (is_context)
        tr_curve_grid_cubic(&s.curve, r.from, r.to, places, 2);
    else
        tr_curve_grid_log(&s.curve, r.from, r.to, places, 2);
    fill(along, &s);
    write_words(along, &r, &w);
    tr_series series[2 * SHARES + SHARES];
    const size_t lines = lines_of(along->question, &s, series);
    tr_mark mark[2];
    size_t marks = 0;
    if (r.meet > r.from && r.meet < r.to)
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_RESULT, .x = r.meet, .text = w.balance};
    if (r.most < r.to)
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = r.most, .x2 = HUGE_VAL, .text = w.wall};
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = "Shares of the datasheet's FLOP/s (MFU) and bytes/s (MBU) that the pass's own work uses. "
                   "At the bound "
                   "one of them is all of it; where both are, compute and memory take the same time.",
        .source = w.source,
        .x = {.label = axis[along->input],
              .unit = unit_of(along),
              .scale = is_context ? TR_SCALE_LINEAR : TR_SCALE_LOG,
              .min = r.from,
              .max = r.to},
        .y = {.label = "share of the peak", .unit = TR_UNIT_RATIO, .min = 0.0, .max = 1.05},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}
