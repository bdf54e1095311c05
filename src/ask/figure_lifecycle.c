/* ask/figure_lifecycle.c -- the cost of a life against the size of the model, at the same loss. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/lifecycle.h"

enum { POINTS = 161 };

tr_status tr_answer_figure_lifecycle(const tr_scenario *scenario, const tr_problem *question,
                                     const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_lifecycle t;
    tr_life_choice c;
    tr_words words = {.next = 0};
    double at[POINTS], train[POINTS], serve[POINTS], total[POINTS], bound[POINTS];
    char title[200], subtitle[256], chosen[96], best[96];
    tr_status s = tr_lifecycle_of(scenario, question, &t, err);
    if (s == TR_OK)
        s = tr_lifecycle_choice(&t, t.rate_token_per_s, &c, err);
    if (s != TR_OK)
        return s;
    const double unit = t.terms.chip_usd_per_s > 0 ? t.terms.chip_usd_per_s : 1.0;
    /* From just above the smallest size that can reach the loss to well past the one that trains cheapest. */
    const double low = tr_loss_least_param(&t.law, t.loss_nat) * 1.02;
    const double high = 4.0 * (c.best_param > t.life.active_param ? c.best_param : t.life.active_param);
    const double step = tr_figure_even_ratio(high / low, POINTS);
    for (size_t k = 0; k < POINTS; k++) {
        at[k] = k == 0 ? low : at[k - 1] * step;
        train[k] = unit * tr_life_at_chip_s(&t.law, t.loss_nat, 0.0, &t.terms, at[k]);
        total[k] = unit * tr_life_at_chip_s(&t.law, t.loss_nat, t.life.serve_token, &t.terms, at[k]);
        bound[k] = unit * tr_life_at_chip_s(&t.law, t.loss_nat, t.life.serve_token, &t.peak, at[k]);
        serve[k] = total[k] - train[k];
    }
    (void)snprintf(title, sizeof title,
                   "For %s tokens served, %s parameters are the cheapest way to this loss",
                   tr_words_short(&words, t.life.serve_token, TR_UNIT_TOKEN),
                   tr_words_short(&words, c.active_param, TR_UNIT_PARAM));
    (void)snprintf(subtitle, sizeof subtitle,
                   "every size trained to %.4g nats, what %.60s reaches on %s tokens by the %s fit",
                   t.loss_nat, t.question->model->name,
                   tr_words_short(&words, t.life.train_token, TR_UNIT_TOKEN), tr_loss_fit_name(t.fit));
    (void)snprintf(chosen, sizeof chosen, "choose %s, %s tokens a parameter",
                   tr_words_short(&words, c.active_param, TR_UNIT_PARAM),
                   tr_words_short(&words, c.train_token / c.active_param, TR_UNIT_NONE));
    (void)snprintf(best, sizeof best, "least training: %s",
                   tr_words_short(&words, c.best_param, TR_UNIT_PARAM));
    const tr_series series[] = {
        {.name = "pre-training", .role = TR_ROLE_COMPUTE, .x = at, .y = train, .n = POINTS},
        {.name = "serving", .role = TR_ROLE_KV, .x = at, .y = serve, .n = POINTS},
        {.name = "both", .role = TR_ROLE_RESULT, .x = at, .y = total, .n = POINTS},
        {.name = "lower bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = at, .y = bound, .n = POINTS},
    };
    const tr_mark mark[] = {
        {.kind = TR_MARK_POINT,
         .role = TR_ROLE_RESULT,
         .x = c.active_param,
         .y = unit * c.chip_s,
         .text = chosen},
        {.kind = TR_MARK_POINT,
         .role = TR_ROLE_COMPUTE,
         .x = c.best_param,
         .y = unit * c.best_chip_s,
         .text = best},
    };
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "A smaller model needs more tokens for the same loss, and every token it serves is cheaper. The "
                   "more it serves, the smaller and the longer trained the cheapest one. The shares of the peak are "
                   "given, so no interval is known; the lower bound is both at the whole peak.",
        .source = "Equations K20\xE2\x80\x93K22, K25, K28; reinforcement learning left out of the choice.",
        .x = {.label = "active parameters",
              .unit = TR_UNIT_PARAM,
              .scale = TR_SCALE_LOG,
              .min = low,
              .max = high},
        .y = {.label = t.terms.chip_usd_per_s > 0 ? "dollars" : "chip seconds",
              .unit = t.terms.chip_usd_per_s > 0 ? TR_UNIT_USD : TR_UNIT_SECOND,
              .scale = TR_SCALE_LOG,
              .min = unit * c.chip_s / 20.0,
              .max = unit * c.chip_s * 20.0},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
        .marks = mark,
        .mark_count = 2};
    return tr_figure_draw(&figure, target, sink, err);
}
