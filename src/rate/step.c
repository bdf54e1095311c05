/* rate/step.c -- one pass on a shard: the sum of its operators at their rates, and of the times beside them. */
#include "rate/step.h"

#include <math.h>

#include "base/fail.h"
#include "pass/work.h"
#include "rate/op_rate.h"
#include "rate/terms.h"

const char *tr_physics_name(tr_physics physics)
{
    return physics == TR_PHYSICS_OPS ? "ops" : physics == TR_PHYSICS_FITTED ? "fitted" : "bound";
}

const char *tr_limit_name(tr_limit limit)
{
    static const char name[][10] = {"compute", "weights", "kv", "comm", "fixed", "host", "crossing"};
    return (int)limit >= 0 && limit < TR_LIMIT_COUNT ? name[limit] : "";
}

tr_limit tr_terms_limit(const tr_terms *t)
{
    const double term[TR_LIMIT_COUNT] = {t->compute_s, t->weights_s, t->kv_s,      t->comm_s,
                                         t->fixed_s,   t->host_s,    t->crossing_s};
    int most = 0;
    for (int i = 1; i < TR_LIMIT_COUNT; i++)
        if (term[i] > term[most])
            most = i;
    return (tr_limit)most;
}

static void take_terms(tr_step *step, const tr_terms *t)
{
    step->compute_s = t->compute_s;
    step->weights_s = t->weights_s;
    step->kv_s = t->kv_s;
    step->comm_s = t->comm_s;
    step->fixed_s = t->fixed_s;
    step->host_s = t->host_s;
    step->crossing_s = t->crossing_s;
    step->limit = tr_terms_limit(t);
}

void tr_sum_finish(const tr_sum *sum, const tr_layout *layout, double repeat, double fixed_s, tr_terms *out)
{
    /* [R27] One after another; links beside the other micro-batch's work where the layout says so. */
    const double work_s = sum->work.compute_s + sum->work.weights_s + sum->work.kv_s;
    const double links_s = sum->start_s + sum->wire_s;
    double shown = repeat;
    if (layout->overlap)
        shown *= links_s > work_s ? (links_s - work_s) / links_s : 0.0;
    tr_terms t = {.compute_s = repeat * sum->work.compute_s, .weights_s = repeat * sum->work.weights_s,
                  .kv_s = repeat * sum->work.kv_s, .comm_s = shown * sum->wire_s,
                  .fixed_s = shown * sum->start_s + fixed_s, .host_s = repeat * sum->host_s,
                  .crossing_s = repeat * sum->crossing_s};
    t.step_s = t.compute_s + t.weights_s + t.kv_s + t.comm_s + t.fixed_s;
    t.step_s += t.host_s + t.crossing_s; /* [R41] a layer waits for the one before it, wherever that is */
    *out = t;
}

typedef struct summing {
    tr_sum sum;
    const tr_calibration *calibration, *host; /* of the chips, and of the host */
    tr_status status;            /* of a collective */
    tr_error *err;
} summing;

static void add(void *context, const pass_work *w, const tr_op *op)
{
    summing *now = context;
    if (op->op_class == TR_OP_CROSS) {
        if (!(op->copy.chunk_count > 0.0))
            now->sum.crossing_s += op->count * tr_op_cross_s(op->message_byte / op->copy.link_byte_per_s,
                                                             now->calibration);
        return;
    }
    if (op->on_host) {
        const tr_host_work one = tr_op_host_of(op, now->calibration, now->host);
        tr_sum_host(&now->sum, op->count, &one, op->copy.chunk_count > 0.0, now->calibration);
        return;
    }
    if (tr_op_is_link(op->op_class)) {
        double start_s, wire_s;
        const tr_status s = tr_op_collective_s(op, w->system, now->calibration, &start_s, &wire_s, now->err);
        if (s != TR_OK) {
            now->status = s;
            return;
        }
        now->sum.start_s += op->count * start_s;
        now->sum.wire_s += op->count * wire_s;
        return;
    }
    const op_rate r = tr_op_rate_of(op, now->calibration);
    double compute_s, memory_s, move_s;
    tr_op_sides_s(op, &r, &compute_s, &memory_s, &move_s);
    tr_sum_work(&now->sum, op->count, op->kv_byte > op->weight_byte, compute_s, memory_s,
                tr_op_beside_s(compute_s, memory_s, now->calibration));
    now->sum.work.compute_s += op->count * move_s;
}

tr_status tr_pass_step(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                       tr_distance distance, const tr_pass *pass, tr_step *out, tr_error *err)
{
    tr_step step;
    tr_terms terms;
    pass_work w;
    tr_status s = tr_bound_pass(roof, pass, &step, err); /* the work, and ranges */
    if (s == TR_OK)
        s = tr_pass_work_of(shard, &w, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, pass, err);
    if (s == TR_OK && calibration != NULL)
        s = tr_calibration_check(calibration, err);
    if (s == TR_OK)
        s = tr_distance_check(distance, err);
    if (s != TR_OK)
        return s;
    summing now = {.calibration = calibration, .status = TR_OK, .err = err};
    if (w.has_host)
        now.host = tr_host_calibration(w.system, calibration);
    tr_pass_walk(&w, add, &now);
    if (now.status != TR_OK)
        return now.status;
    now.sum.host_s += tr_host_fixed_s(shard, now.host);
    const double per_seq_s = calibration != NULL ? calibration->value[TR_CONSTANT_SEQ_S] * w.decode_seq : 0.0;
    const double fixed_s = tr_pass_fixed_s(shard, calibration) + per_seq_s +
                           tr_draft_fixed_s(shard, calibration, tr_pass_drafted_token(shard, pass));
    tr_sum_finish(&now.sum, &shard->layout, w.repeat, fixed_s, &terms);
    if (!(terms.step_s > 0.0 && terms.step_s <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "step_s", terms.step_s, "the pass takes a time that is not a usable number");
    const double bound_s = step.step_s;
    take_terms(&step, &terms);
    tr_step_rates(&step, roof, pass, terms.step_s);
    if (calibration != NULL) {
        const int decodes = pass->decode_seq > 0.0;
        const tr_band *band = &calibration->band[decodes ? TR_INTERVAL_DECODE : TR_INTERVAL_PREFILL]
                                                [tr_host_distance(shard, distance)];
        /* Nothing real lies below the bound, however wide the interval. */
        step.low_s = terms.step_s * band->low_ratio > bound_s ? terms.step_s * band->low_ratio : bound_s;
        step.high_s = terms.step_s * band->high_ratio;
    }
    *out = step;
    return TR_OK;
}
