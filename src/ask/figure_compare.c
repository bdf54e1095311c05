/* ask/figure_compare.c -- two cases on the same axes: the time of a step against batch. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/expected.h"

static double step_of(const tr_problem *question, double batch_seq, double context_token)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 1.0};
    tr_step step;
    return tr_problem_step(question, question->physics, &load, &step, NULL) == TR_OK ? step.step_s : (double)NAN;
}

/* A curve of one case by its physics up to end, broken where its memory is full. */
static void curve_of(tr_curve *c, const tr_problem *question, double end_seq)
{
    const double context = question->load.context_token;
    const double most = tr_shard_max_batch_seq(&question->shard, context);
    const double places[2] = {most, question->load.batch_seq};
    tr_curve_grid_cubic(c, 1.0, end_seq, places, 2);
    tr_curve_over_batch(c, question, context);
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i] > most)
            c->step_s[i] = (double)NAN;
    for (size_t i = 0; i < c->n && question->physics != TR_PHYSICS_BOUND; i++)
        c->step_s[i] = step_of(question, c->at[i], context);
}

static const char *name_of(const tr_problem *question, tr_words *words, char *out, size_t size)
{
    (void)snprintf(out, size, "%.40s on %.40s, %s context", question->model->name, question->system->name,
                   tr_words_of(words, question->load.context_token, TR_UNIT_CONTEXT));
    return out;
}

tr_status tr_answer_figure_compare(const tr_problem *first, const tr_problem *second, const tr_figure_target *target,
                                   tr_sink *sink, tr_error *err)
{
    const tr_problem *const question[2] = {first, second};
    tr_curve curve[2];
    char name[2][128], here[2][64], source[96];
    tr_words words = {.next = 0};
    double end = 0;
    for (int i = 0; i < 2; i++) {
        const tr_status s = tr_check_figure(question[i], 1.0, question[i]->load.context_token, err);
        if (s != TR_OK)
            return s;
        const double reach = tr_batch_marks_of(question[i], question[i]->load.context_token).end_seq;
        end = i == 0 ? reach : reach > 8 * end ? 8 * end : end > 8 * reach ? 8 * reach : reach > end ? reach : end;
    }
    tr_mark mark[2];
    size_t marks = 0;
    tr_series series[2];
    for (int i = 0; i < 2; i++) {
        curve_of(&curve[i], question[i], end);
        const double batch = question[i]->load.batch_seq, context = question[i]->load.context_token;
        series[i] = (tr_series){.name = name_of(question[i], &words, name[i], sizeof name[i]),
                                .role = i == 0 ? TR_ROLE_RESULT : TR_ROLE_OTHER,
                                .x = curve[i].at, .y = curve[i].step_s, .n = curve[i].n};
        const double step_s = step_of(question[i], batch, context);
        if (batch > end || isnan(step_s))
            continue;
        (void)snprintf(here[i], sizeof here[i], "batch\xC2\xA0%s: %s", tr_words_short(&words, batch, TR_UNIT_SEQ),
                       tr_words_short(&words, step_s, TR_UNIT_SECOND));
        mark[marks++] = (tr_mark){
            .kind = TR_MARK_POINT, .role = series[i].role, .x = batch, .y = step_s, .text = here[i]};
    }
    (void)snprintf(source, sizeof source, "The first by %s physics, the second by %s physics.",
                   tr_physics_name(first->physics), tr_physics_name(second->physics));
    const tr_figure figure = {
        .title = "Two machines, or two models, side by side",
        .subtitle = "time of one decode step against batch, each line as far as its memory reaches",
        .caption = "The lower line answers sooner at the same batch; cost also depends on what its machine costs.",
        .source = first->physics == TR_PHYSICS_BOUND && second->physics == TR_PHYSICS_BOUND
                      ? "Bound physics: datasheet peaks, so nothing real is faster. Equations R1\xE2\x80\x93R6, R12."
                      : source,
        .x = {.label = "batch: sequences decoded together", .unit = TR_UNIT_SEQ, .min = 0.0, .max = end},
        .y = {.label = "time of one step", .unit = TR_UNIT_SECOND},
        .series = series,
        .series_count = 2,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}
