/* ask/figure_overlap.c -- what a pass does side by side: compute, memory (weights, then KV cache) and links; below them
 * the step. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"

enum { COMPUTE, WEIGHTS, CACHE, LINKS, FIXED, HOST, PARTS };
enum { ROWS_MAX = 4 };

typedef struct sheet {
    double part[PARTS][ROWS_MAX];
    double low[ROWS_MAX], high[ROWS_MAX], bound[ROWS_MAX];
    const char *label[ROWS_MAX];
    size_t rows;
} sheet;

typedef struct words {
    char title[192], what[160], subtitle[384], source[320];
    tr_words numbers;
} words;

static size_t add_row(sheet *s, const char *label)
{
    const size_t at = s->rows++;
    for (int k = 0; k < PARTS; k++)
        s->part[k][at] = 0.0;
    s->low[at] = s->high[at] = s->bound[at] = (double)NAN;
    s->label[at] = label;
    return at;
}

static void add_step(const tr_problem *question, const tr_step *step, const tr_step *bound, sheet *s)
{
    static const char *const label[] = {"step", "step, by operators", "step, predicted"};
    const size_t at = add_row(s, label[question->physics]);
    const int is_bound = question->physics == TR_PHYSICS_BOUND;
    const int multiplies = step->limit == TR_LIMIT_COMPUTE; /* of the bound the longer side is the step */
    s->part[COMPUTE][at] = !is_bound || multiplies ? step->compute_s : 0.0;
    s->part[WEIGHTS][at] = !is_bound || !multiplies ? step->weights_s : 0.0;
    s->part[CACHE][at] = !is_bound || !multiplies ? step->kv_s : 0.0;
    s->part[LINKS][at] = step->comm_s;
    s->part[FIXED][at] = step->fixed_s;
    s->part[HOST][at] = step->host_s + step->crossing_s;
    if (is_bound)
        return;
    s->bound[at] = bound->step_s;
    if (question->physics == TR_PHYSICS_FITTED) {
        s->low[at] = step->low_s;
        s->high[at] = step->high_s;
    }
}

static void write_words(const tr_problem *question, const tr_load *load, const tr_step *bound, words *w)
{
    const double memory_s = bound->weights_s + bound->kv_s;
    const int multiplies = bound->limit == TR_LIMIT_COMPUTE;
    const char *longer = tr_words_short(&w->numbers, multiplies ? bound->compute_s : memory_s, TR_UNIT_SECOND);
    const char *other = tr_words_short(&w->numbers, multiplies ? memory_s : bound->compute_s, TR_UNIT_SECOND);
    const char *batch = tr_words_of(&w->numbers, load->batch_seq, TR_UNIT_SEQ);
    const char *context = tr_words_of(&w->numbers, load->context_token, TR_UNIT_CONTEXT);
    (void)snprintf(w->title, sizeof w->title, "%s takes at least %s, and %s hides behind it with %s",
                   multiplies ? "Multiplying" : "Reading memory", longer, multiplies ? "reading memory" : "multiplying",
                   other);
    if (load->phase == TR_PHASE_DECODE)
        (void)snprintf(w->what, sizeof w->what, "one decode step of batch\xC2\xA0%s at %s context", batch, context);
    else
        (void)snprintf(w->what, sizeof w->what, "prefill of %s tokens on %s context, batch\xC2\xA0%s",
                       tr_words_of(&w->numbers, load->query_token, TR_UNIT_CONTEXT), context, batch);
    tr_figure_subtitle(question, w->what, w->subtitle, sizeof w->subtitle);
    (void)snprintf(w->source, sizeof w->source, "Compute and memory: datasheet peaks of all chips together, equations "
                                                "R1\xE2\x80\x93R5.%s%s%s%s",
                   question->blackboard ? "" : " Links: datasheet, R27.",
                   question->physics == TR_PHYSICS_FITTED ? " Step: fitted physics, calibration " : "",
                   question->physics == TR_PHYSICS_FITTED ? question->calibration.origin : "",
                   question->physics == TR_PHYSICS_FITTED ? "." : "");
}

tr_status tr_answer_figure_overlap(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                   tr_error *err)
{
    static const char *const name[PARTS] = {"compute", "weights", "KV cache", "links", "launches, host",
                                             "layers on the host"};
    static const tr_role role[PARTS] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV, TR_ROLE_COMM,
                                         TR_ROLE_FIXED,   TR_ROLE_OTHER};
    const tr_load *load = &question->load;
    tr_step bound, links, step;
    sheet s = {.rows = 0};
    words w = {.numbers = {.next = 0}};
    tr_status status = tr_check_fits(question, load->batch_seq, tr_held_token(load), err);
    if (status == TR_OK)
        status = tr_problem_step(question, TR_PHYSICS_BOUND, load, &bound, err);
    if (status == TR_OK)
        status = tr_problem_step(question, question->physics, load, &step, err);
    if (status != TR_OK)
        return status;
    s.part[COMPUTE][add_row(&s, "compute")] = bound.compute_s;
    const size_t memory = add_row(&s, "memory");
    s.part[WEIGHTS][memory] = bound.weights_s;
    s.part[CACHE][memory] = bound.kv_s;
    if (!question->blackboard && tr_problem_step(question, TR_PHYSICS_OPS, load, &links, NULL) == TR_OK)
        s.part[LINKS][add_row(&s, "links")] = links.comm_s;
    add_step(question, &step, &bound, &s);
    write_words(question, load, &bound, &w);
    tr_series series[PARTS];
    size_t shown = 0;
    for (int k = 0; k < PARTS; k++) {
        double most = 0.0;
        for (size_t i = 0; i < s.rows; i++)
            most = s.part[k][i] > most ? s.part[k][i] : most;
        if (most > 0.0)
            series[shown++] =
                (tr_series){.name = name[k], .kind = TR_SERIES_BARS, .role = role[k], .x = s.part[k], .n = s.rows};
    }
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = "Multipliers, memory and links are different things and can work at once: the longest decides. "
                   "Weights and KV\xC2\xA0" "cache share one memory, so they come one after the other.",
        .source = w.source,
        .x = {.label = "time in the step", .unit = TR_UNIT_SECOND},
        .series = series,
        .series_count = shown,
        .bar_labels = s.label,
        .whiskers = {s.low, s.high, s.bound}};
    return tr_figure_draw(&figure, target, sink, err);
}
