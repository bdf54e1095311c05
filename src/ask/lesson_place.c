/* ask/lesson_place.c -- a measured number under the roof. */
#include <math.h>
#include <stdio.h>

#include "ask/lesson.h"
#include "base/check.h"
#include "write/print.h"
#include "write/rows.h"

tr_status tr_lesson_place_of(const tr_problem *question, double token_per_s, tr_lesson_place *out, tr_error *err)
{
    const tr_problem pooled = tr_lesson_pooled(question);
    const tr_lesson_case c = tr_lesson_case_of(&pooled);
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
        .mfu = step.flop * step_per_s / pooled.roof.flop_per_s,
        .mbu = read_byte * step_per_s / pooled.roof.byte_per_s,
        .intensity_flop_per_byte = step.flop / read_byte,
        .ridge_flop_per_byte = tr_ridge_flop_per_byte(&pooled.roof),
        .balance_batch_seq = tr_balance_batch_seq(&pooled.roof, c.context_token),
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
