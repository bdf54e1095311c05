/* rate/timing.c -- a pass on a shard boiled down to straight lines in the number of sequences, and points on them. */
#include <tokenroof/rate.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "pass/work.h"
#include "rate/op_rate.h"
#include "rate/step.h"
#include "shard/split.h"

enum { LINE = 0, EXPERTS, MOVED, CROSS, LINK }; /* from LINK on: the collective's kind is added */

/* ---- boiling down --------------------------------------------------------------------- */

static int same(double a, double b) { return !(a < b) && !(a > b); }

/* Lines that cross at the same point are one: side by side or blended, a sum of times in proportion is the time of
 * the sums. */
static int merges(const tr_timing_term *a, const tr_timing_term *b)
{
    if (a->kind != b->kind || a->grows != b->grows || a->cache != b->cache || a->on_host != b->on_host)
        return 0;
    if (a->kind == MOVED)
        return 1;
    if (a->kind == CROSS)
        return same(a->message_byte_per_count, b->message_byte_per_count);
    if (a->on_host) /* of another roof each, and chosen one by one */
        return 0;
    if (a->kind >= LINK)
        return a->reach == b->reach && same(a->message_byte_per_count, b->message_byte_per_count) &&
               same(a->across_byte_per_count, b->across_byte_per_count);
    const double x = a->compute_s_per_count * b->memory_s, y = b->compute_s_per_count * a->memory_s;
    const double u = a->compute_s_per_count * b->memory_s_per_count, v = b->compute_s_per_count * a->memory_s_per_count;
    const double p = a->tile_s * b->compute_s_per_count, q = b->tile_s * a->compute_s_per_count;
    return same(a->idle_share, b->idle_share) && fabs(x - y) <= 1e-12 * larger(x, y) &&
           fabs(u - v) <= 1e-12 * larger(u, v) &&
           fabs(p - q) <= 1e-12 * p;
}

static void push(tr_timing *t, const tr_timing_term *term)
{
    if (term->kind >= CROSS) {
        for (size_t i = 0; i < t->term_count && i < TR_TIMING_TERM_MAX; i++)
            if (merges(&t->term[i], term)) {
                t->term[i].count += term->count;
                return;
            }
    } else {
        for (size_t i = 0; i < t->term_count && i < TR_TIMING_TERM_MAX; i++) {
            tr_timing_term *at = &t->term[i];
            if (!merges(at, term))
                continue;
            at->compute_s_per_count += term->compute_s_per_count;
            at->memory_s += term->memory_s;
            at->memory_s_per_count += term->memory_s_per_count;
            at->tile_s += term->tile_s;
            return;
        }
    }
    if (t->term_count < TR_TIMING_TERM_MAX)
        t->term[t->term_count] = *term;
    t->term_count++;
}

typedef struct taking {
    tr_timing timing;
    tr_status status;        /* of a link */
    tr_error *err;
} taking;

/* Where a group lies, looked up once for each size. */
static int reach_of(taking *now, const tr_system *system, double group_chip)
{
    tr_timing *t = &now->timing;
    tr_reach found;
    const tr_status s = tr_system_reach(system, group_chip, &found, now->err);
    if (s != TR_OK)
        now->status = s;
    if (s != TR_OK)
        return 0;
    for (size_t i = 0; i < t->reach_count; i++)
        if (same(t->reach[i].inside_chip, found.inside_chip) && same(t->reach[i].domain_count, found.domain_count))
            return (int)i;
    if (t->reach_count == TR_TIMING_REACH_MAX) /* a layout has three sizes: tp, tp x dp, and two stages */
        return TR_TIMING_REACH_MAX - 1;
    t->reach[t->reach_count] = found;
    return (int)t->reach_count++;
}

/* What the host has, as the chip would run it with the weights copied there: of all experts, of each sequence's
 * cache. */
static void take_copy(const tr_timing *t, const tr_op *op, double amount, int cache, tr_timing_term *term)
{
    const double share = t->calibration != NULL ? t->calibration->value[TR_CONSTANT_LINK_BYTE] : 1.0;
    const double all = op->op_class == TR_OP_MOE ? op->experts / op->touched_count : cache ? 1.0 / amount : 1.0;
    tr_op chip = *op;
    chip.flop_per_s = op->copy.flop_per_s;
    chip.byte_per_s = op->copy.byte_per_s;
    chip.kernel_flop_per_s = 0.0; /* the CPU's */
    op_rate here = tr_op_rate_of(&chip, t->calibration);
    const double tile_token = here.tile_token;
    double compute_s, memory_s, move_s;
    here.tile_token = 0.0;
    tr_op_sides_s(&chip, &here, &compute_s, &memory_s, &move_s);
    term->on_host = 1;
    term->copy_s = op->count * all * (op->weight_byte + op->kv_byte) / (op->copy.link_byte_per_s * share);
    term->chip_s_per_count = op->count * (compute_s + move_s) / amount;
    term->chip_memory_s = op->count * all * memory_s;
    term->chip_tile_s = tile_token * op->count * compute_s / larger(op->m_row, 1e-300) *
                        (op->op_class == TR_OP_MOE ? op->experts : 1.0);
}

/* Taken from a pass of one sequence of each kind a rank. */
static void take(void *context, const pass_work *w, const tr_op *op)
{
    taking *now = context;
    tr_timing *t = &now->timing;
    const double amount = tr_pass_work_amount(w, op->grows);
    if (tr_op_is_link(op->op_class)) {
        const tr_timing_term link = {.kind = LINK + (int)tr_op_collective_kind(op->op_class),
                                     .grows = op->grows,
                                     .count = op->count,
                                     .reach = reach_of(now, w->system, op->group_chip),
                                     .message_byte_per_count = op->message_byte / amount,
                                     .across_byte_per_count = op->across_byte / amount};
        push(t, &link);
        return;
    }
    if (op->op_class == TR_OP_CROSS) {
        const tr_timing_term crossing = {.kind = CROSS, .grows = op->grows, .count = op->count, .on_host = 1,
                                         .message_byte_per_count =
                                             op->message_byte / amount / op->copy.link_byte_per_s};
        push(t, &crossing);
        return;
    }
    op_rate r = tr_op_rate_of(op, op->on_host ? t->host_calibration : t->calibration);
    const double tile_token = r.tile_token;
    double compute_s, memory_s, move_s;
    r.tile_token = 0.0; /* grows with the experts touched, or not at all, and not with the tokens */
    tr_op_sides_s(op, &r, &compute_s, &memory_s, &move_s);
    const tr_timing_term moved = {.kind = MOVED, .grows = op->grows, .count = 1.0, .on_host = op->on_host,
                                  .compute_s_per_count = op->count * move_s / amount};
    if (move_s > 0.0)
        push(t, &moved);
    const int cache = op->kv_byte > op->weight_byte;
    tr_timing_term term = {.kind = LINE,
                           .cache = cache,
                           .grows = op->grows,
                           .count = 1.0,
                           .compute_s_per_count = op->count * compute_s / amount,
                           .memory_s = cache ? 0.0 : op->count * memory_s,
                           .memory_s_per_count = cache ? op->count * memory_s / amount : 0.0};
    if (op->on_host)
        take_copy(t, op, amount, cache, &term);
    if (op->op_class == TR_OP_MOE) {
        const double row_s = op->count * compute_s / larger(op->m_row, 1e-300); /* one row of one expert, all layers */
        term.kind = EXPERTS;
        term.idle_share = tr_pass_idle_share(w, op);
        term.memory_s = op->count * memory_s * (op->experts / op->touched_count);
        term.tile_s = tile_token * op->experts * row_s;
    } else {
        term.tile_s = tile_token * op->count * compute_s / larger(op->m_row, 1e-300);
    }
    push(t, &term);
}

tr_status tr_timing_of(const tr_shard *shard, const tr_calibration *calibration, const tr_pass *at, tr_timing *out,
                       tr_error *err)
{
    pass_work w;
    if (at == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "pass", 0.0, "expected a pass and a place for its timing");
    tr_status s = tr_pass_work_of(shard, &w, err);
    if (s == TR_OK && calibration != NULL)
        s = tr_calibration_check(calibration, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, at, err); /* ranges */
    if (s == TR_OK && at->routing_skew_ratio > 0.0) /* what skew touches is no single power of the tokens */
        s = tr_fail(err, TR_EDOMAIN, "routing_skew_ratio", at->routing_skew_ratio, "a timing holds for even routing");
    if (s != TR_OK)
        return s;
    const tr_layout *y = &shard->layout;
    taking now;
    memset(&now.timing, 0, offsetof(tr_timing, term)); /* terms are written before they are counted */
    now.timing.shard = shard;
    now.timing.calibration = calibration;
    now.timing.at = *at;
    now.timing.repeat_count = w.repeat;
    now.status = TR_OK;
    now.err = err;
    tr_timing *t = &now.timing;
    t->group_count = w.group_count;
    t->host_calibration = w.has_host ? tr_host_calibration(shard->system, calibration) : NULL;
    t->host_fixed_s = tr_host_fixed_s(shard, t->host_calibration);
    t->rank_count = t->group_count * y->dp_rank;
    t->fixed_s = tr_pass_fixed_s(shard, calibration);
    t->draft_fixed_s = tr_draft_fixed_s(shard, calibration, tr_pass_drafted_token(shard, at));
    t->fixed_s_per_seq = calibration != NULL ? calibration->value[TR_CONSTANT_SEQ_S] : 0.0;
    t->peak_flop_per_s = w.peak_flop_per_s;
    /* A sequence on every rank, of each kind that the pass has: amounts are then those of one. */
    tr_pass one = *at;
    one.decode_seq = at->decode_seq > 0.0 ? t->rank_count : 0.0;
    one.prefill_seq = at->prefill_seq > 0.0 ? t->rank_count : 0.0;
    s = tr_pass_work_load(&w, &one, err);
    if (s != TR_OK)
        return s;
    tr_pass_walk(&w, take, &now);
    if (now.status != TR_OK)
        return now.status;
    if (t->term_count > TR_TIMING_TERM_MAX)
        return tr_fail(err, TR_ECAPACITY, "timing", (double)t->term_count,
                       "the pass has %zu distinct terms, a timing holds %d", t->term_count, TR_TIMING_TERM_MAX);
    memcpy(out, t, offsetof(tr_timing, term) + t->term_count * sizeof t->term[0]);
    return TR_OK;
}

/* ---- points ---------------------------------------------------------------------------- */

/* [R41] [R43] Of what the host has, x of what it grows with, in a pass of so many tokens. */
static void add_host(const tr_timing *timing, const tr_timing_term *t, double x, double pass_token, tr_sum *sum)
{
    const tr_calibration *c = timing->calibration, *host = timing->host_calibration;
    const double token = t->grows == TR_GROWS_DECODE_SEQ || t->grows == TR_GROWS_PREFILL_SEQ ? pass_token : x;
    const double chunks = tr_pass_chunk_count(timing->shard, token);
    const int may_copy = tr_pass_copies(timing->shard, token);
    if (t->kind == CROSS || t->kind == MOVED) {
        if (!may_copy && t->kind == CROSS)
            sum->crossing_s += t->count * tr_op_cross_s(x * t->message_byte_per_count, c);
        else if (!may_copy)
            sum->host_s += x * t->compute_s_per_count;
        return;
    }
    const double touched = t->kind == EXPERTS ? tr_expert_touched_share(t->idle_share, x) : 1.0;
    const double once = t->cache ? x : touched;
    const double of_chunk = t->kind == EXPERTS ? tr_expert_touched_share(t->idle_share, token / chunks) : once;
    const tr_host_work one = {
        .host_s = tr_op_beside_s(x * t->compute_s_per_count + touched * t->tile_s,
                                 touched * t->memory_s + x * t->memory_s_per_count, host),
        .copy_s = t->copy_s * (c != NULL ? chunks * of_chunk : once),
        .compute_s = x * t->chip_s_per_count + touched * t->chip_tile_s,
        .memory_s = once * t->chip_memory_s};
    tr_sum_host(sum, t->count, &one, may_copy, c);
}

/* Of the busiest rank, and of all ranks that share its experts. */
static void at_counts(const tr_timing *timing, double decode_seq, double prefill_seq, double group_decode_seq,
                      double group_prefill_seq, tr_terms *out)
{
    const tr_calibration *c = timing->calibration;
    const double wide = timing->at.token_per_seq, query = timing->at.prefill_query_token;
    const double amount[] = {[TR_GROWS_TOKEN] = decode_seq * wide + prefill_seq * query,
                             [TR_GROWS_HEAD_TOKEN] = decode_seq * wide + prefill_seq,
                             [TR_GROWS_GROUP_TOKEN] = group_decode_seq * wide + group_prefill_seq * query,
                             [TR_GROWS_GROUP_SEQ] = group_decode_seq,
                             [TR_GROWS_DECODE_SEQ] = decode_seq,
                             [TR_GROWS_PREFILL_SEQ] = prefill_seq};
    tr_sum sum = {.host_s = timing->host_fixed_s};
    for (size_t i = 0; i < timing->term_count; i++) {
        const tr_timing_term *t = &timing->term[i];
        const double x = amount[t->grows];
        if (!(x > 0.0))
            continue;
        if (t->kind >= LINK) {
            const tr_collective link =
                tr_collective_on(&timing->reach[t->reach], c, (tr_collective_kind)(t->kind - LINK),
                                 x * t->message_byte_per_count, x * t->across_byte_per_count);
            double start_s, wire_s;
            tr_op_link_s(&link, c, &start_s, &wire_s);
            sum.start_s += t->count * start_s;
            sum.wire_s += t->count * wire_s;
            continue;
        }
        if (t->on_host) {
            add_host(timing, t, x, amount[TR_GROWS_TOKEN], &sum);
            continue;
        }
        double compute_s = x * t->compute_s_per_count, memory_s = t->memory_s + x * t->memory_s_per_count;
        if (t->kind == MOVED) {
            sum.work.compute_s += compute_s;
            continue;
        }
        if (t->kind == EXPERTS) {
            const double touched = tr_expert_touched_share(t->idle_share, x);
            compute_s += touched * t->tile_s;
            memory_s = touched * t->memory_s;
        } else {
            compute_s += t->tile_s;
        }
        tr_sum_work(&sum, t->count, t->cache, compute_s, memory_s, tr_op_beside_s(compute_s, memory_s, c));
    }
    const double fixed_s = timing->fixed_s + timing->fixed_s_per_seq * decode_seq +
                           (decode_seq > 0.0 ? timing->draft_fixed_s : 0.0);
    tr_sum_finish(&sum, &timing->shard->layout, timing->repeat_count, fixed_s, out);
}

void tr_timing_rank(const tr_timing *timing, double decode_seq, double prefill_seq, tr_terms *out)
{
    const double dp = timing->shard->layout.dp_rank;
    at_counts(timing, decode_seq, prefill_seq, decode_seq * dp, prefill_seq * dp, out);
}

void tr_timing_array(const tr_timing *timing, size_t n, const double *batch_seq, double *step_s)
{
    for (size_t i = 0; i < n; i++) {
        const double batch = batch_seq[i];
        if (timing == NULL || !(batch >= 1.0 && batch <= PASS_BATCH_MAX_SEQ)) {
            step_s[i] = (double)NAN;
            continue;
        }
        tr_terms t;
        at_counts(timing, tr_split_busiest(batch, timing->rank_count), 0.0,
                  tr_split_busiest(batch, timing->group_count), 0.0, &t);
        step_s[i] = t.step_s;
    }
}
