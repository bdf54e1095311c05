/* ask/figure_rl.c -- what reinforcement learning reaches of the peak over the share of its time in sampling. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/lifecycle.h"
#include "base/fail.h"

enum { POINTS = 41 };

tr_status tr_answer_figure_rl(const tr_scenario *scenario, const tr_problem *question,
                              const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_lifecycle t;
    double x[POINTS], y[POINTS], low[POINTS], high[POINTS], bound[POINTS];
    char title[200], subtitle[384], what[96], by_flop[96], told[96];
    tr_words words = {.next = 0};
    const tr_status s = tr_lifecycle_of(scenario, question, &t, err);
    if (s != TR_OK)
        return s;
    const tr_lifecycle_rl *rl = &t.rl;
    const tr_quantity *m = &rl->decode_mfu;
    if (rl->why.status != TR_OK)
        return tr_fail(err, rl->why.status, "system", 0.0, "nothing to draw: %.300s", rl->why.text);
    const int predicts = !isnan(m->predicted);
    const tr_quantity *share = &rl->flop_share, *mfu = &rl->flop_mfu;
    for (size_t i = 0; i < POINTS; i++) {
        x[i] = (double)i / (POINTS - 1);
        y[i] = tr_life_rl_mfu(predicts ? m->predicted : m->bound, t.terms.train_mfu, x[i]);
        low[i] = tr_life_rl_mfu(m->low, t.terms.train_mfu, x[i]);
        high[i] = tr_life_rl_mfu(m->high, t.terms.train_mfu, x[i]);
        bound[i] = tr_life_rl_mfu(m->bound, t.terms.train_mfu, x[i]);
    }
    (void)snprintf(title, sizeof title, "Sampling at %s of the peak brings reinforcement learning to %s",
                   tr_words_short(&words, predicts ? m->predicted : m->bound, TR_UNIT_RATIO),
                   tr_words_short(&words, predicts ? mfu->predicted : mfu->bound, TR_UNIT_RATIO));
    (void)snprintf(what, sizeof what, "batch %.6g at %s, training at %s", rl->batch_seq,
                   tr_words_of(&words, rl->context_token, TR_UNIT_CONTEXT),
                   tr_words_short(&words, t.terms.train_mfu, TR_UNIT_RATIO));
    tr_figure_subtitle(question, what, subtitle, sizeof subtitle);
    (void)snprintf(by_flop, sizeof by_flop, "2 of %.3g FLOP: %s of the time", t.terms.rl_flop_per_param,
                   tr_words_short(&words, predicts ? share->predicted : share->bound, TR_UNIT_RATIO));
    (void)snprintf(told, sizeof told, "as told: %s",
                   tr_words_short(&words, predicts ? rl->given_mfu.predicted : rl->given_mfu.bound, TR_UNIT_RATIO));
    const tr_series series[] = {
        {.name = "90 % interval", .kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = x, .y = low, .y2 = high,
         .n = POINTS},
        {.name = "the most by the bound", .kind = TR_SERIES_DASHED, .role = TR_ROLE_LIMIT, .x = x, .y = bound,
         .n = POINTS},
        {.name = predicts ? "predicted" : "by the bound", .role = TR_ROLE_RESULT, .x = x, .y = y, .n = POINTS}};
    const tr_mark mark[] = {
        {.kind = TR_MARK_POINT,
         .role = TR_ROLE_RESULT,
         .x = predicts ? share->predicted : share->bound,
         .y = predicts ? mfu->predicted : mfu->bound,
         .text = by_flop},
        {.kind = TR_MARK_POINT,
         .role = TR_ROLE_COMPUTE,
         .x = rl->share_given ? rl->given_share : (double)NAN,
         .y = predicts ? rl->given_mfu.predicted : rl->given_mfu.bound,
         .text = told},
        {.kind = TR_MARK_HORIZONTAL, .role = TR_ROLE_LIMIT, .y = 0.15, .text = "the lecture's 15 %"},
    };
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Time goes as work over utilisation: what is sampled at a low share of the peak takes most of it. "
                   "Waiting for the longest sample and carrying weights over make it less.",
        .source = "Equation K62; decoding by fitted physics, training at --train-mfu.",
        .x = {.label = "share of the time in sampling", .unit = TR_UNIT_RATIO, .min = 0.0, .max = 1.0},
        .y = {.label = "MFU", .unit = TR_UNIT_RATIO, .min = 0.0, .max = t.terms.train_mfu * 1.1},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
        .marks = mark,
        .mark_count = sizeof mark / sizeof mark[0],
    };
    return tr_figure_draw(&figure, target, sink, err);
}
