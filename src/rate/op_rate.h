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

static inline int tr_op_is_link(tr_op_class c) { return c >= TR_OP_ALL_REDUCE && c < TR_OP_CLASS_COUNT; }
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

/* Times of a pass that no operator has: of its layers and the step itself, and of each decoding sequence. */
double tr_pass_fixed_s(const tr_shard *shard, const tr_calibration *calibration);
/* And of the layers that draft so many tokens one after another. */
double tr_draft_fixed_s(const tr_shard *shard, const tr_calibration *calibration, double drafted_token);

#endif
