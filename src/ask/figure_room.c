/* ask/figure_room.c -- how many sequences fit at each context: the capacity wall, seen along it. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "base/fail.h"

#define LEAST_TOKEN 256.0

typedef struct words {
    char title[192], subtitle[384], here[64], limit[64], balance[64];
    tr_words numbers;
} words;

static double most_seq(const tr_problem *question, double context_token)
{
    return tr_shard_max_batch_seq(&question->shard, context_token);
}

static void write_title(const tr_problem *question, double end_token, words *w)
{
    const double here = question->load.context_token > 0.0 ? question->load.context_token : 4096.0;
    const double now = most_seq(question, here), last = most_seq(question, end_token);
    (void)snprintf(w->title, sizeof w->title, "At %s of context %s sequence%s fit%s; at %s %s%s",
                   tr_words_of(&w->numbers, here, TR_UNIT_CONTEXT),
                   tr_words_of(&w->numbers, now, TR_UNIT_SEQ), now > 1.0 ? "s" : "", now > 1.0 ? "" : "s",
                   tr_words_of(&w->numbers, floor(end_token), TR_UNIT_CONTEXT), last >= 1.0 ? "" : "none",
                   last >= 1.0 ? tr_words_of(&w->numbers, last, TR_UNIT_SEQ) : "");
}

tr_status tr_answer_figure_room(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                tr_error *err)
{
    const double longest = tr_shard_max_context_token(&question->shard, 1.0),
                 limit = question->model->max_context_token;
    const double here = question->load.context_token;
    tr_status s = tr_check_figure(question, 1.0, LEAST_TOKEN, err);
    if (s != TR_OK)
        return s;
    if (!(most_seq(question, LEAST_TOKEN) < HUGE_VAL))
        return tr_fail(
            err, TR_ECONFLICT, "system", 0.0,
            "nothing limits the batch: give the system's memory (mem=) and the model's KV bytes (kv=)");
    /* A model that keeps a state alone has room for the same batch at any context. */
    double end = limit > LEAST_TOKEN && limit < longest ? limit : longest < HUGE_VAL ? longest : 131072.0;
    end = here > end && here <= longest ? here : end;
    end = end > 2.0 * LEAST_TOKEN ? end : 2.0 * LEAST_TOKEN;
    words w = {.numbers = {.next = 0}};
    tr_curve c;
    const double places[1] = {here};
    tr_curve_grid_log(&c, LEAST_TOKEN, end, places, 1);
    for (size_t i = 0; i < c.n; i++) {
        const double seq = most_seq(question, c.at[i]);
        c.step_s[i] = seq >= 1.0 ? seq : (double)NAN;
    }
    write_title(question, end, &w);
    tr_figure_subtitle(question, "what fits", w.subtitle, sizeof w.subtitle);
    const tr_series series[] = {
        {.name = "largest batch", .role = TR_ROLE_RESULT, .x = c.at, .y = c.step_s, .n = c.n}};
    tr_mark mark[3];
    size_t marks = 0;
    const double now = most_seq(question, here), balance = tr_problem_balance_batch_seq(question, 0.0);
    if (here >= LEAST_TOKEN && now >= 1.0) {
        (void)snprintf(w.here, sizeof w.here, "%s: %s", tr_words_of(&w.numbers, here, TR_UNIT_CONTEXT),
                       tr_words_of(&w.numbers, now, TR_UNIT_SEQ));
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = here, .y = now, .text = w.here};
    }
    if (balance < HUGE_VAL) {
        (void)snprintf(w.balance, sizeof w.balance, "balance without KV: %s",
                       tr_words_short(&w.numbers, floor(balance + 0.5), TR_UNIT_SEQ));
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_HORIZONTAL, .role = TR_ROLE_COMPUTE, .y = balance, .text = w.balance};
    }
    if (limit > 0.0 && limit < end) {
        (void)snprintf(w.limit, sizeof w.limit, "the model's limit, %s",
                       tr_words_of(&w.numbers, limit, TR_UNIT_CONTEXT));
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = limit, .text = w.limit};
    }
    const tr_figure figure = {
        .title = w.title,
        .subtitle = w.subtitle,
        .caption = "What the weights leave of the memory is shared by the sequences' KV\xC2\xA0"
                   "caches: twice the context, half the sequences. Below the balance the chips multiply less "
                   "than they "
                   "could.",
        .source = question->engine != NULL
                      ? "Beside weights, activations, buffers and the engine's reserve: equations L3, L8, R9."
                      : "All of the memory, without reserve: equations L3, R9.",
        .x = {.label = "context: tokens cached for each sequence",
              .unit = TR_UNIT_CONTEXT,
              .scale = TR_SCALE_LOG,
              .min = LEAST_TOKEN,
              .max = end},
        .y = {.label = "sequences that fit", .unit = TR_UNIT_SEQ, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = 1,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}
