/* rate/op_rate.c -- how long an operator takes: at datasheet peak, or at the shares that were measured. */
#include "rate/op_rate.h"

#include <math.h>

#include "base/fail.h"
#include "rate/step.h"
#include "shard/split.h"

tr_collective_kind tr_op_collective_kind(tr_op_class c)
{
    return c == TR_OP_ALL_REDUCE   ? TR_COLLECTIVE_ALL_REDUCE
           : c == TR_OP_ALL_GATHER ? TR_COLLECTIVE_ALL_GATHER
           : c == TR_OP_SEND       ? TR_COLLECTIVE_SEND
                                   : TR_COLLECTIVE_ALL_TO_ALL;
}

/* Narrow formats double the peak and not what kernels reach. */
static double narrow_ratio(tr_dtype math, const double *value, tr_constant fp8, tr_constant fp4)
{
    if (math == TR_DTYPE_FP8 || math == TR_DTYPE_INT8)
        return value[fp8];
    return math == TR_DTYPE_FP4 ? value[fp4] : 1.0;
}

/* [R26] */
op_rate tr_op_rate_of(const tr_op *op, const tr_calibration *calibration)
{
    op_rate r = {1.0, 1.0, 0.0, 0.0, calibration != NULL};
    if (calibration == NULL)
        return r;
    const double *value = calibration->value;
    r.move_ratio = value[TR_CONSTANT_MOVE];
    if (op->op_class == TR_OP_MOE) {
        r.flop_share = value[TR_CONSTANT_EXPERT_FLOP] *
                       narrow_ratio(op->math_dtype, value, TR_CONSTANT_EXPERT_FP8, TR_CONSTANT_EXPERT_FP4);
        r.byte_share = value[TR_CONSTANT_EXPERT_BYTE];
        r.tile_token = value[TR_CONSTANT_EXPERT_TILE];
    } else if (op->op_class >= TR_OP_DECODE_ATTENTION && op->op_class <= TR_OP_STATE) {
        const int prompt = op->op_class == TR_OP_PREFILL_ATTENTION || op->op_class == TR_OP_PREFILL_MLA;
        r.flop_share = value[prompt ? TR_CONSTANT_PROMPT_FLOP : TR_CONSTANT_ATTENTION_FLOP];
        r.byte_share = value[TR_CONSTANT_KV_BYTE];
    } else {
        r.flop_share = value[TR_CONSTANT_LINEAR_FLOP] *
                       narrow_ratio(op->math_dtype, value, TR_CONSTANT_FP8_FLOP, TR_CONSTANT_FP4_FLOP);
        r.byte_share = value[TR_CONSTANT_LINEAR_BYTE];
        r.tile_token = op->op_class == TR_OP_GEMM ? value[TR_CONSTANT_LINEAR_TILE] : 0.0;
    }
    if (op->kernel_flop_per_s > 0.0)
        r.tile_token *= op->unpack_ratio;
    return r;
}

void tr_op_sides_s(const tr_op *op, const op_rate *rate, double *compute_s, double *memory_s, double *move_s)
{
    double flop = op->flop;
    if (op->m_row > 0.0) /* rows are padded up, of each touched expert */
        flop *= 1.0 + rate->tile_token * (op->op_class == TR_OP_MOE ? op->touched_count : 1.0) / op->m_row;
    const double peak = rate->of_kernel && op->kernel_flop_per_s > 0.0 ? op->kernel_flop_per_s : op->flop_per_s;
    *compute_s = flop / (peak * rate->flop_share);
    *memory_s = (op->weight_byte + op->kv_byte) / (op->byte_per_s * rate->byte_share);
    *move_s = op->activation_byte * rate->move_ratio / op->byte_per_s;
}

tr_host_work tr_op_host_of(const tr_op *op, const tr_calibration *chip, const tr_calibration *host)
{
    const op_rate there = tr_op_rate_of(op, host);
    const double chunks = op->copy.chunk_count;
    tr_op on_chip = *op;
    tr_host_work t;
    double compute_s, memory_s, move_s;
    tr_op_sides_s(op, &there, &compute_s, &memory_s, &move_s);
    t.host_s = tr_op_beside_s(compute_s, memory_s, host) + move_s;
    on_chip.flop_per_s = op->copy.flop_per_s;
    on_chip.byte_per_s = op->copy.byte_per_s;
    on_chip.kernel_flop_per_s = 0.0; /* the CPU's */
    const op_rate here = tr_op_rate_of(&on_chip, chip);
    tr_op_sides_s(&on_chip, &here, &t.compute_s, &t.memory_s, &move_s);
    t.compute_s += move_s;
    const double share = chip != NULL ? chip->value[TR_CONSTANT_LINK_BYTE] : 1.0;
    const double moved = chip != NULL ? chunks * op->copy.chunk_weight_byte : op->weight_byte + op->kv_byte;
    t.copy_s = moved / (op->copy.link_byte_per_s * share);
    return t;
}

tr_status tr_op_collective_s(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                             double *start_s, double *wire_s, tr_error *err)
{
    tr_collective c;
    tr_reach reach;
    const tr_collective_kind kind = tr_op_collective_kind(op->op_class);
    tr_status s = tr_collective_of(system, kind, op->group_chip, op->message_byte, op->across_byte, &c, err);
    if (s == TR_OK && calibration != NULL && op->group_chip > 1.0) {
        s = tr_system_reach(system, op->group_chip, &reach, err);
        if (s == TR_OK)
            c = tr_collective_on(&reach, calibration, kind, op->message_byte, op->across_byte);
    }
    if (s == TR_OK)
        tr_op_link_s(&c, calibration, start_s, wire_s);
    return s;
}

static tr_status check(const tr_op *op, const tr_system *system, const void *out, tr_error *err)
{
    if (op == NULL || system == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "op", 0.0, "expected an operator, a system, and a place for its time");
    if ((int)op->op_class < 0 || op->op_class >= TR_OP_CLASS_COUNT)
        return tr_fail(err, TR_EDOMAIN, "op_class", (double)op->op_class, "unknown class of operators");
    const struct {
        const char *field;
        double value;
    } work[] = {{"count", op->count},     {"flop", op->flop},     {"weight_byte", op->weight_byte},
                {"kv_byte", op->kv_byte}, {"m_row", op->m_row},   {"activation_byte", op->activation_byte},
                {"touched_count", op->touched_count},
                {"chunk_count", op->copy.chunk_count}, {"chunk_weight_byte", op->copy.chunk_weight_byte},
                {"copy.flop_per_s", op->copy.flop_per_s}, {"copy.byte_per_s", op->copy.byte_per_s},
                {"link_byte_per_s", op->copy.link_byte_per_s},
                {"kernel_flop_per_s", op->kernel_flop_per_s}, {"unpack_ratio", op->unpack_ratio}};
    for (size_t i = 0; i < sizeof work / sizeof work[0]; i++)
        if (!(work[i].value >= 0.0 && work[i].value <= 1e300))
            return tr_fail(err, TR_EDOMAIN, work[i].field, work[i].value, "an operator's %s must be 0 or more",
                           work[i].field);
    if (!tr_op_is_link(op->op_class) && !(op->flop_per_s > 0.0 && op->byte_per_s > 0.0))
        return tr_fail(err, TR_EDOMAIN, "flop_per_s", op->flop_per_s, "an operator's roofs must be above 0");
    return TR_OK;
}

tr_status tr_operator_time(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                           tr_op_time *out, tr_error *err)
{
    tr_status s = check(op, system, out, err);
    if (s == TR_OK && calibration != NULL)
        s = tr_calibration_check(calibration, err);
    if (s != TR_OK)
        return s;
    tr_op_time t = {0};
    if (op->op_class == TR_OP_CROSS) {
        if (!(op->copy.chunk_count > 0.0))
            t.time_s = t.crossing_s = tr_op_cross_s(op->message_byte / op->copy.link_byte_per_s, calibration);
        t.limit = TR_LIMIT_CROSSING;
    } else if (op->on_host) {
        const tr_host_work one = tr_op_host_of(op, calibration, tr_host_calibration(system, calibration));
        tr_sum sum = {.host_s = 0.0};
        tr_sum_host(&sum, 1.0, &one, op->copy.chunk_count > 0.0, calibration);
        t.compute_s = sum.work.compute_s;
        t.memory_s = sum.work.weights_s;
        t.host_s = sum.host_s;
        t.crossing_s = sum.crossing_s;
        t.time_s = t.compute_s + t.memory_s + t.host_s + t.crossing_s;
        t.limit = t.host_s > 0.0 ? TR_LIMIT_HOST : t.crossing_s >= 0.5 * t.time_s ? TR_LIMIT_CROSSING
                  : t.compute_s >= t.memory_s ? TR_LIMIT_COMPUTE : TR_LIMIT_WEIGHTS;
    } else if (tr_op_is_link(op->op_class)) {
        s = tr_op_collective_s(op, system, calibration, &t.fixed_s, &t.link_s, err);
        if (s != TR_OK)
            return s;
        t.time_s = t.fixed_s + t.link_s;
        t.limit = t.link_s >= t.fixed_s ? TR_LIMIT_COMM : TR_LIMIT_FIXED;
    } else {
        /* [R25] Multiplies and reading side by side. */
        const op_rate r = tr_op_rate_of(op, calibration);
        double move_s;
        tr_op_sides_s(op, &r, &t.compute_s, &t.memory_s, &move_s);
        t.time_s = tr_op_beside_s(t.compute_s, t.memory_s, calibration) + move_s;
        t.limit = t.compute_s >= t.memory_s        ? TR_LIMIT_COMPUTE
                  : op->weight_byte >= op->kv_byte ? TR_LIMIT_WEIGHTS
                                                   : TR_LIMIT_KV;
    }
    t.total_s = op->count * t.time_s;
    *out = t;
    return TR_OK;
}

/* ---- what no operator has ------------------------------------------------------------- */

static double by_format(tr_dtype dtype, double bf16, double fp8, double fp4)
{
    return dtype == TR_DTYPE_FP8 || dtype == TR_DTYPE_INT8 ? fp8 : dtype == TR_DTYPE_FP4 ? fp4 : bf16;
}

/* [F3] A layer's launches, norms and synchronisation; more of it for latents, states, narrow formats, mixtures. */
static double layer_fixed_s(const tr_shard *shard, const tr_layer *l, const double *value)
{
    const tr_part dense = l->dense_param > 0.0 ? TR_PART_DENSE : TR_PART_MIXER;
    double time = value[TR_CONSTANT_LAYER_S] + by_format(shard->weights.part[dense].dtype, 0.0,
                                                         value[TR_CONSTANT_FP8_S], value[TR_CONSTANT_FP4_S]);
    /* A config that counts a mixer and an FFN as two layers pays once for the pair. */
    if (l->mixer == TR_MIXER_NONE || (l->dense_param <= 0.0 && l->experts <= 0.0))
        time *= 0.5;
    if (l->mixer == TR_MIXER_MLA)
        time += value[TR_CONSTANT_MLA_S];
    else if (l->mixer == TR_MIXER_LINEAR || l->mixer == TR_MIXER_MAMBA)
        time += value[TR_CONSTANT_STATE_S];
    if (l->experts > 0.0) {
        time += by_format(shard->weights.part[TR_PART_ROUTED].dtype, value[TR_CONSTANT_MOE_S],
                          value[TR_CONSTANT_MOE_FP8_S], value[TR_CONSTANT_MOE_FP4_S]);
        if (shard->layout.ep_rank > 1.0)
            time += by_format(shard->weights.part[TR_PART_ROUTED].dtype, value[TR_CONSTANT_GROUP_S],
                              value[TR_CONSTANT_GROUP_FP8_S], value[TR_CONSTANT_GROUP_S]);
    }
    return time;
}

/* Of the chips' layers; those of the host are its own. */
static double layers_fixed_s(const tr_shard *shard, const double *value, double fixed)
{
    const tr_model *m = shard->model;
    for (int i = 0; i < m->layer_kinds; i++)
        fixed += (m->layer[i].layer_count - tr_split_host_layers(m, &shard->formats, i, 0)) *
                 layer_fixed_s(shard, &m->layer[i], value);
    return fixed;
}

double tr_host_fixed_s(const tr_shard *shard, const tr_calibration *host)
{
    double fixed = 0.0;
    for (int i = 0; host != NULL && i < shard->model->layer_kinds; i++)
        fixed += tr_split_host_layers(shard->model, &shard->formats, i, 0) *
                 layer_fixed_s(shard, &shard->model->layer[i], host->value);
    return fixed;
}

double tr_pass_fixed_s(const tr_shard *shard, const tr_calibration *calibration)
{
    return calibration == NULL
               ? 0.0
               : layers_fixed_s(shard, calibration->value, calibration->value[TR_CONSTANT_STEP_S]);
}

/* [R29] The layers that draft, once for each token; the step's own time is of all of them together. */
double tr_draft_fixed_s(const tr_shard *shard, const tr_calibration *calibration, double drafted_token)
{
    tr_shard draft;
    if (calibration == NULL || !(drafted_token > 0.0))
        return 0.0;
    if (shard->model->draft_model == NULL)
        return drafted_token * layer_fixed_s(shard, &shard->model->mtp_layer, calibration->value);
    const tr_status s = tr_shard_draft(shard, &draft, NULL);
    return s == TR_OK ? drafted_token * layers_fixed_s(&draft, calibration->value, 0.0) : 0.0;
}
