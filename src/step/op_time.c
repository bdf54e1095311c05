/* step/op_time.c -- how long an operator takes, and a pass of them. */
#include <tokenroof/operators.h>

#include <math.h>

#include "base/fail.h"
#include "step/op_work.h"
#include "step/terms.h"

static double larger(double a, double b) { return a > b ? a : b; }

static int is_link(tr_op_class c) { return c >= TR_OP_ALL_REDUCE && c < TR_OP_CLASS_COUNT; }

tr_collective_kind tr_op_collective_kind(tr_op_class c)
{
    return c == TR_OP_ALL_REDUCE   ? TR_COLLECTIVE_ALL_REDUCE
           : c == TR_OP_ALL_GATHER ? TR_COLLECTIVE_ALL_GATHER
           : c == TR_OP_SEND       ? TR_COLLECTIVE_SEND
                                   : TR_COLLECTIVE_ALL_TO_ALL;
}

/* [R25] An operator's multiplies and its reading overlap: the slower decides. */
static tr_op_time roof_time(const tr_op *op)
{
    tr_op_time t = {.compute_s = op->flop / op->flop_per_s};
    t.memory_s = (op->weight_byte + op->kv_byte) / op->byte_per_s;
    t.time_s = larger(t.compute_s, t.memory_s);
    t.total_s = op->count * t.time_s;
    t.bound = t.compute_s >= t.memory_s              ? TR_BOUND_COMPUTE
              : op->weight_byte >= op->kv_byte       ? TR_BOUND_WEIGHTS
                                                     : TR_BOUND_KV;
    return t;
}

static tr_op_time link_time(const tr_op *op, const tr_collective *c)
{
    tr_op_time t = {.link_s = c->wire_s, .fixed_s = c->start_s, .time_s = c->time_s, .total_s = op->count * c->time_s};
    t.bound = c->wire_s >= c->start_s ? TR_BOUND_COMM : TR_BOUND_FIXED;
    return t;
}

static tr_status check(const tr_op *op, const tr_system *system, const void *out, tr_error *err)
{
    if (op == NULL || system == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "op", 0.0, "expected an operator, a system, and a place for its time");
    if ((int)op->op_class < 0 || op->op_class >= TR_OP_CLASS_COUNT)
        return tr_fail(err, TR_EDOMAIN, "op_class", (double)op->op_class, "there is no such class of operators");
    const struct {
        const char *field;
        double value;
    } work[] = {{"count", op->count}, {"flop", op->flop}, {"weight_byte", op->weight_byte}, {"kv_byte", op->kv_byte}};
    for (size_t i = 0; i < sizeof work / sizeof work[0]; i++)
        if (!(work[i].value >= 0.0 && work[i].value <= 1e300))
            return tr_fail(err, TR_EDOMAIN, work[i].field, work[i].value, "an operator's %s must be 0 or more",
                           work[i].field);
    if (!is_link(op->op_class) && !(op->flop_per_s > 0.0 && op->byte_per_s > 0.0))
        return tr_fail(err, TR_EDOMAIN, "flop_per_s", op->flop_per_s, "an operator's roofs must be above 0");
    return TR_OK;
}

tr_status tr_op_roof_time(const tr_op *op, const tr_system *system, tr_op_time *out, tr_error *err)
{
    tr_status s = check(op, system, out, err);
    if (s != TR_OK)
        return s;
    if (!is_link(op->op_class)) {
        *out = roof_time(op);
        return TR_OK;
    }
    tr_collective c;
    s = tr_collective_of(system, tr_op_collective_kind(op->op_class), op->group_chip, op->message_byte, &c, err);
    if (s == TR_OK)
        *out = link_time(op, &c);
    return s;
}

tr_status tr_op_fitted_time(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                            tr_op_time *out, tr_error *err)
{
    tr_op_time t;
    tr_status s = tr_op_roof_time(op, system, &t, err);
    if (s != TR_OK || calibration == NULL) {
        if (s == TR_OK)
            *out = t;
        return s;
    }
    s = tr_calibration_check(calibration, err);
    if (s != TR_OK)
        return s;
    const double *value = calibration->value;
    if (is_link(op->op_class)) {
        /* [R26] Start, wire at its achieved share, and the root between them. */
        const double wire_s = t.link_s;
        t.link_s = wire_s / value[TR_CONSTANT_LINK_BYTE] + sqrt(wire_s * value[TR_CONSTANT_LINK_MID_S]);
        t.fixed_s = larger(t.fixed_s, value[TR_CONSTANT_LINK_S]);
        t.time_s = t.link_s + t.fixed_s;
    } else {
        const int routed = op->op_class == TR_OP_MOE;
        const int cache = op->op_class >= TR_OP_DECODE_ATTENTION && op->op_class <= TR_OP_STATE;
        const double flop = value[routed ? TR_CONSTANT_EXPERT_FLOP : cache ? TR_CONSTANT_ATTENTION_FLOP
                                                                           : TR_CONSTANT_LINEAR_FLOP];
        const double byte = value[routed ? TR_CONSTANT_EXPERT_BYTE : cache ? TR_CONSTANT_KV_BYTE
                                                                           : TR_CONSTANT_LINEAR_BYTE];
        /* Narrow formats double the peak and not what kernels reach; attention multiplies in BF16. */
        const double narrow = cache                                                            ? 1.0
                              : op->math_dtype == TR_DTYPE_FP8 || op->math_dtype == TR_DTYPE_INT8
                                  ? value[TR_CONSTANT_FP8_FLOP]
                              : op->math_dtype == TR_DTYPE_FP4 ? value[TR_CONSTANT_FP4_FLOP]
                                                               : 1.0;
        t.compute_s /= flop * narrow;
        t.memory_s /= byte;
        /* Two times that overlap in part. */
        t.time_s = sqrt(t.compute_s * t.compute_s + t.memory_s * t.memory_s);
    }
    t.total_s = op->count * t.time_s;
    *out = t;
    return TR_OK;
}

/* ---- a pass ---------------------------------------------------------------------------- */

typedef struct sums {
    double compute_s, weights_s, kv_s, comm_s, fixed_s;
    double by_bound_s[5];
    double work_s;
    op_held held;
} sums;

static void add(void *context, const op_work *w, const tr_op *op)
{
    sums *sum = context;
    tr_op_time t;
    tr_op_hold(&sum->held, w, op);
    if (is_link(op->op_class)) {
        tr_collective c;
        if (tr_collective_of(w->system, tr_op_collective_kind(op->op_class), op->group_chip, op->message_byte, &c,
                             NULL) != TR_OK)
            return;
        t = link_time(op, &c);
        sum->comm_s += op->count * c.wire_s;
        sum->fixed_s += op->count * c.start_s;
    } else {
        t = roof_time(op);
        sum->compute_s += op->count * t.compute_s;
        sum->weights_s += op->count * (op->weight_byte / op->byte_per_s);
        sum->kv_s += op->count * (op->kv_byte / op->byte_per_s);
        sum->work_s += t.total_s;
    }
    sum->by_bound_s[t.bound] += t.total_s;
}

static tr_status check_room(const op_work *w, const op_held *held, const tr_load *load, tr_error *err)
{
    const double room = w->system->chip.memory_byte;
    double weight, kv;
    if (!(room < HUGE_VAL))
        return TR_OK;
    const int prefill = load->phase == TR_PHASE_PREFILL;
    tr_layout_hold(w, held, load->context_token + (prefill ? load->query_token : 0.0), &weight, &kv);
    const double seq = larger(load->batch_seq / (w->layout.dp_rank * w->layout.replica_count), 1.0);
    const double need = weight + kv * seq;
    /* A layout that splits everything evenly needs the same to rounding as all chips pooled. */
    if (need <= room * (1.0 + 1e-9))
        return TR_OK;
    char part[32], over[32], have[32];
    (void)tr_quantity_format(weight, TR_UNIT_BYTE, part, sizeof part);
    (void)tr_quantity_format(need - room, TR_UNIT_BYTE, over, sizeof over);
    (void)tr_quantity_format(room, TR_UNIT_BYTE, have, sizeof have);
    return tr_fail(err, TR_ENOFIT, "memory_byte", need,
                   "in this layout a chip holds %s of weights, and with its sequences %s more than its %s: see the "
                   "others with `tokenroof layout`", part, over, have);
}

tr_status tr_operator_step(const tr_model *model, const tr_system *system, const tr_layout *layout,
                           const tr_dtypes *dtypes, const tr_load *load, tr_step *out, tr_error *err)
{
    op_work w;
    tr_pass pass;
    tr_step step;
    tr_status s = tr_op_work_of(model, system, layout, dtypes, &w, err);
    if (s == TR_OK)
        s = tr_bound_step(&w.roof, model, load, &step, err);
    if (s == TR_OK)
        s = tr_pass_of(load, &pass, err);
    if (s == TR_OK)
        s = tr_op_work_pass(&w, &pass, err);
    if (s != TR_OK)
        return s;
    sums sum = {0};
    tr_op_walk(&w, add, &sum);
    s = check_room(&w, &sum.held, load, err);
    if (s != TR_OK)
        return s;
    /* [R27] One after another; links beside the other micro-batch's work where the layout says so. */
    const double links_s = sum.comm_s + sum.fixed_s;
    const double once_s = w.layout.overlap ? larger(sum.work_s, links_s) : sum.work_s + links_s;
    const double bound_s = step.step_s;
    step.compute_s = w.repeat * sum.compute_s;
    step.weights_s = w.repeat * sum.weights_s;
    step.kv_s = w.repeat * sum.kv_s;
    step.comm_s = w.repeat * sum.comm_s;
    step.fixed_s = w.repeat * sum.fixed_s;
    step_take_s(&step, larger(w.repeat * once_s, bound_s));
    step.low_s = step.high_s = step.step_s;
    int most = 0;
    for (int i = 1; i < 5; i++)
        if (sum.by_bound_s[i] > sum.by_bound_s[most])
            most = i;
    step.bound = (tr_bound)most;
    *out = step;
    return TR_OK;
}
