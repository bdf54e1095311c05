/* rate/op_rate.h -- the share of its roofs that an operator reaches, and what a collective takes: one place for both
 * the list and the boiled-down pass. */
#ifndef TOKENROOF_SRC_RATE_OP_RATE_H
#define TOKENROOF_SRC_RATE_OP_RATE_H

#include <math.h>

#include <tokenroof/rate.h>

/* Shares of the two roofs, at most 1, and what is padded and moved; 1, 1, 0, 0 at datasheet peak. */
typedef struct op_rate {
    double flop_share;
    double byte_share;
    double tile_token;           /* rows that a multiply, or each touched expert, is padded by */
    double move_ratio;           /* of the bytes between operators, those that memory carries */
    int of_kernel;               /* 1: flop_share is of the operator's kernel_flop_per_s */
} op_rate;
op_rate tr_op_rate_of(const tr_op *op, const tr_calibration *calibration);

/* Time at each side of an operator's roof, of one; and of moving its activations, which hides behind neither. */
void tr_op_sides_s(const tr_op *op, const op_rate *rate, double *compute_s, double *memory_s, double *move_s);

/* How two times side by side add up: the longer alone at datasheet peak; fitted, they overlap in part. */
static inline double tr_op_beside_s(double a_s, double b_s, const tr_calibration *calibration)
{
    if (calibration != NULL)
        return sqrt(a_s * a_s + b_s * b_s);
    return a_s > b_s ? a_s : b_s;
}

static inline int tr_op_is_link(tr_op_class c) { return c >= TR_OP_ALL_REDUCE && c <= TR_OP_SEND; }
tr_collective_kind tr_op_collective_kind(tr_op_class op_class);
/* The collective of a group of more than one chip that lies so, by the algorithm that is fastest: at datasheet peak, or
 * with what a calibration adds. */
tr_collective tr_collective_on(const tr_reach *reach, const tr_calibration *calibration, tr_collective_kind kind,
                               double message_byte, double across_byte);
/* Where an operator on the links has its group, and the start and wire times of it. Errors: those of
 * tr_collective_of. */
tr_status tr_op_collective_s(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                             double *start_s, double *wire_s, tr_error *err);
/* [F4] What a collective takes under a calibration: the start, the wire at its share, and between them the root of the
 * wire's time and a constant. */
static inline void tr_op_link_s(const tr_collective *c, const tr_calibration *calibration, double *start_s,
                                double *wire_s)
{
    *start_s = c->start_s;
    *wire_s = c->wire_s;
    if (calibration == NULL)
        return;
    const double *value = calibration->value;
    *start_s += value[TR_CONSTANT_LINK_S];
    *wire_s = c->wire_s / value[TR_CONSTANT_LINK_BYTE] + sqrt(c->wire_s * value[TR_CONSTANT_LINK_MID_S]);
}

/* An operator that the host has: its time there, or that of copying its weights, and on both sides of the chip's roof.
 * [R41] [R43] */
typedef struct tr_host_work {
    double host_s;               /* of one */
    double copy_s;
    double compute_s, memory_s;
} tr_host_work;
tr_host_work tr_op_host_of(const tr_op *op, const tr_calibration *chip, const tr_calibration *host);
/* [R42] What one hand-over between chip and host takes whose bytes are so long on the wire. */
double tr_op_cross_s(double wire_s, const tr_calibration *calibration);
/* The calibration of a system's host under the engine that `calibration` is of; NULL where that is. */
const tr_calibration *tr_host_calibration(const tr_system *system, const tr_calibration *calibration);
/* Times of the layers that the host has and no operator. */
double tr_host_fixed_s(const tr_shard *shard, const tr_calibration *host);

/* How far a pass on this shard is from what was measured: no run with layers on a host is among those fitted. */
static inline tr_distance tr_host_distance(const tr_shard *shard, tr_distance distance)
{
    return tr_shard_has_host(shard) ? TR_DISTANCE_GENERIC : distance;
}

/* Times of a pass that no operator has: of its layers and the step itself, and of each decoding sequence. */
double tr_pass_fixed_s(const tr_shard *shard, const tr_calibration *calibration);
/* And of the layers that draft so many tokens one after another. */
double tr_draft_fixed_s(const tr_shard *shard, const tr_calibration *calibration, double drafted_token);

#endif
