/* ask/lesson_place.c -- a measured number under the roof, and what can be drawn of an exercise. */
#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/lesson.h"
#include "base/check.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "write/print.h"
#include "write/rows.h"

tr_status tr_lesson_place_of(const tr_problem *question, double token_per_s, tr_lesson_place *out, tr_error *err)
{
    const tr_lesson_case c = tr_lesson_case_of(question);
    static const char *const lever[] = {"a smaller weight format", "a smaller KV cache", "more FLOP/s",
                                        "more bandwidth"};
    tr_step step;
    double futile = 0.0;
    tr_status s = tr_check_positive("measured", token_per_s, err);
    if (s == TR_OK)
        s = tr_lesson_decode(&c, c.batch_seq, c.context_token, &step, err);
    if (s != TR_OK)
        return s;
    const double step_per_s = token_per_s / c.batch_seq, read_byte = step.weight_read_byte + step.kv_read_byte;
    const int stands_out = tr_lesson_futile_lever(&c, &futile, NULL) == TR_OK;
    *out = (tr_lesson_place){
        .token_per_s = token_per_s,
        .batch_seq = c.batch_seq,
        .context_token = c.context_token,
        .bound_token_per_s = step.token_per_s,
        .bound_share = token_per_s / step.token_per_s,
        .flop_per_s = step.flop * step_per_s,
        .mfu = step.flop * step_per_s / question->roof.flop_per_s,
        .mbu = read_byte * step_per_s / question->roof.byte_per_s,
        .intensity_flop_per_byte = step.flop / read_byte,
        .ridge_flop_per_byte = tr_ridge_flop_per_byte(&question->roof),
        .balance_batch_seq = tr_balance_batch_seq(&question->roof, c.context_token),
        .room_batch_seq = tr_shard_max_batch_seq(&question->shard, c.context_token),
        .futile = stands_out ? lever[(int)futile - 1] : NULL};
    return TR_OK;
}

tr_status tr_lesson_write_place(const tr_lesson_place *place, const tr_style *style, tr_sink *sink, tr_error *err)
{
    char text[192], a[48], b[48];
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_print_heading(&out, style, "On your cluster");
    (void)tr_quantity_format(place->context_token, TR_UNIT_CONTEXT, a, sizeof a);
    (void)snprintf(text, sizeof text, "of all %.0f sequences together, at %s tokens of context", place->batch_seq, a);
    tr_print_quantity(&out, "measured", place->token_per_s, TR_UNIT_TOKEN_PER_S, text);
    (void)tr_quantity_format(place->bound_share, TR_UNIT_RATIO, a, sizeof a);
    (void)snprintf(text, sizeof text, "nothing real is faster; you reach %s of it%s", a,
                   place->bound_share > 1.0 ? ": batch, context or formats are not as said" : "");
    tr_print_quantity(&out, "bound", place->bound_token_per_s, TR_UNIT_TOKEN_PER_S, text);
    tr_print_quantity(&out, "of the peak FLOP/s", place->mfu, TR_UNIT_RATIO, "MFU");
    tr_print_quantity(&out, "of the bandwidth", place->mbu, TR_UNIT_RATIO, "MBU");
    (void)tr_quantity_format(place->ridge_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, a, sizeof a);
    (void)tr_quantity_format(place->intensity_flop_per_byte / place->ridge_flop_per_byte, TR_UNIT_RATIO, b, sizeof b);
    (void)snprintf(text, sizeof text, "%s of the ridge, %s: %s-bound", b, a,
                   place->intensity_flop_per_byte < place->ridge_flop_per_byte ? "memory" : "compute");
    tr_print_quantity(&out, "intensity", place->intensity_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, text);
    (void)snprintf(text, sizeof text, "%s",
                   place->room_batch_seq < place->balance_batch_seq ? "before compute is busy: attack bytes, not FLOPs"
                                                                    : "compute is busy before that");
    tr_print_quantity(&out, "memory is full at", place->room_batch_seq, TR_UNIT_SEQ, text);
    if (isfinite(place->balance_batch_seq))
        tr_print_quantity(&out, "compute is busy at", place->balance_batch_seq, TR_UNIT_SEQ, "the balance batch");
    else
        tr_print_line(&out, "compute is busy at", "no batch", "each sequence reads for longer than it computes");
    tr_print_line(&out, "futile here", place->futile != NULL ? place->futile : "nothing", NULL);
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- pictures ---------------------------------------------------------------------------- */

/* The two ceilings; revealed with the ridge and an answer that is an intensity; and what was measured. */
static tr_status draw_roof(const tr_problem *q, const tr_exercise *e, int revealed, const tr_lesson_place *place,
                           const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const double ridge = tr_ridge_flop_per_byte(&q->roof), peak = q->roof.flop_per_s;
    const double low = place != NULL ? smaller(ridge / 1000.0, place->intensity_flop_per_byte / 2.0) : ridge / 1000.0;
    const double x[3] = {low, ridge, 30.0 * ridge}, y[3] = {low * q->roof.byte_per_s, peak, peak};
    const double at[1] = {place != NULL ? place->intensity_flop_per_byte : ridge};
    const double made[1] = {place != NULL ? place->flop_per_s : peak};
    char subtitle[384], ridge_text[64], mark_text[64];
    tr_words words = {.next = 0};
    tr_mark mark[2];
    size_t marks = 0;
    tr_figure_subtitle_pooled(q, "two ceilings", subtitle, sizeof subtitle);
    (void)snprintf(ridge_text, sizeof ridge_text, "ridge %s", tr_words_short(&words, ridge, TR_UNIT_FLOP_PER_BYTE));
    if (revealed)
        mark[marks++] = (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = ridge, .text = ridge_text};
    if (revealed && e != NULL && e->unit == TR_UNIT_FLOP_PER_BYTE && e->value > low && e->value < ridge * 0.99) {
        (void)snprintf(mark_text, sizeof mark_text, "%s", tr_words_short(&words, e->value, TR_UNIT_FLOP_PER_BYTE));
        mark[marks++] = (tr_mark){.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = e->value,
                                  .y = e->value * q->roof.byte_per_s, .text = mark_text};
    }
    const tr_series series[2] = {
        {.name = "the roof", .kind = TR_SERIES_LINE, .role = TR_ROLE_LIMIT, .x = x, .y = y, .n = 3},
        {.name = "measured", .kind = TR_SERIES_POINTS, .role = TR_ROLE_RESULT, .x = at, .y = made, .n = 1}};
    const tr_figure figure = {
        .title = place != NULL ? "What was measured, under the roof" : "Where do the two ceilings meet?",
        .subtitle = subtitle,
        .source = "Equations R7, R15, R16.",
        .x = {.label = "FLOP for each byte read", .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .y = {.label = "FLOP/s", .unit = TR_UNIT_FLOP_PER_S, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = place != NULL ? 2 : 1,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}

/* Both times over the batch; revealed with the step and the case's batch. */
static tr_status draw_step(const tr_problem *q, int revealed, const tr_figure_target *target, tr_sink *sink,
                           tr_error *err)
{
    const tr_lesson_case c = tr_lesson_case_of(q);
    const double balance = tr_balance_batch_seq(&q->roof, c.context_token);
    const double end = isfinite(balance) && balance > c.batch_seq ? 2.0 * balance : 4.0 * c.batch_seq;
    char subtitle[384], what[64], text[64];
    double memory[FIGURE_POINTS];
    tr_words words = {.next = 0};
    tr_curve curve;
    tr_curve_grid_cubic(&curve, 1.0, end, &c.batch_seq, 1);
    tr_curve_over_batch(&curve, q, c.context_token);
    for (size_t i = 0; i < curve.n; i++)
        memory[i] = curve.weights_s[i] + curve.kv_s[i];
    (void)snprintf(what, sizeof what, "decode at %s context", tr_words_of(&words, c.context_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle_pooled(q, what, subtitle, sizeof subtitle);
    const double here_s = tr_figure_step(q, c.batch_seq, c.context_token).step_s;
    (void)snprintf(text, sizeof text, "batch %s: %s", tr_words_short(&words, c.batch_seq, TR_UNIT_SEQ),
                   tr_words_short(&words, here_s, TR_UNIT_SECOND));
    const tr_mark mark = {.kind = TR_MARK_POINT, .role = TR_ROLE_RESULT, .x = c.batch_seq, .y = here_s, .text = text};
    const tr_series series[3] = {
        {.name = "compute", .role = TR_ROLE_COMPUTE, .x = curve.at, .y = curve.compute_s, .n = curve.n},
        {.name = "memory", .role = TR_ROLE_WEIGHTS, .x = curve.at, .y = memory, .n = curve.n},
        {.name = "the step",
         .kind = TR_SERIES_FLOOR,
         .role = TR_ROLE_RESULT,
         .x = curve.at,
         .y = curve.step_s,
         .n = curve.n}};
    const tr_figure figure = {.title = revealed ? "The longer of the two is the step" : "Which of the two is the step?",
                              .subtitle = subtitle,
                              .source = "Equations R1 to R6, R9.",
                              .x = {.label = "batch (sequences)", .unit = TR_UNIT_SEQ, .min = 1.0, .max = end},
                              .y = {.label = "time", .unit = TR_UNIT_SECOND, .min = 0.0, .max = (double)NAN},
                              .series = series,
                              .series_count = revealed ? 3 : 2,
                              .marks = &mark,
                              .mark_count = revealed ? 1 : 0};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_lesson_draw(const tr_problem *question, const tr_exercise *exercise, int revealed,
                         const tr_lesson_place *place, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (place != NULL || (exercise != NULL && exercise->figure == TR_LESSON_FIGURE_ROOF))
        return draw_roof(question, exercise, revealed || place != NULL, place, target, sink, err);
    if (exercise != NULL && exercise->figure == TR_LESSON_FIGURE_STEP)
        return draw_step(question, revealed, target, sink, err);
    return tr_fail(err, TR_ENOFIT, "figure", 0.0, "there is no picture of this exercise");
}
