/* step/op_work.h -- what the operators of a pass are made from, shared by the list, the step, the plan and the
 * memory of a layout. */
#ifndef TOKENROOF_SRC_STEP_OP_WORK_H
#define TOKENROOF_SRC_STEP_OP_WORK_H

#include <tokenroof/operators.h>

/* Weights of one part of a model: bytes a parameter, and the roof its multiplies are held to. */
typedef struct op_part {
    double byte;
    double flop_per_s;
    tr_dtype weight_dtype;
    tr_dtype math_dtype;
} op_part;

typedef struct op_work op_work;
typedef void (*op_visit)(void *context, const op_work *work, const tr_op *op);

struct op_work {
    const tr_model *model;
    const tr_system *system;
    tr_layout layout;
    tr_roofline roof;
    tr_pass pass;
    op_part linear, routed, other, attention;
    double repeat;               /* micro-batches of a pass */
    double batch_share;          /* of the system's batch that a rank has in one */
    double decode_seq, prefill_seq; /* of this rank, this micro-batch */
    double decode_token, prefill_token, token, head_token;
    int prefill_read;            /* how a chunk reads caches: 0 as one query, 1 as many, 2 all stored */
    op_visit visit;
    void *context;
};

/* Everything that does not depend on the pass, then the pass. layout NULL: the default. */
tr_status tr_op_work_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                        const tr_dtypes *dtypes, op_work *out, tr_error *err);
tr_status tr_op_work_pass(op_work *work, const tr_pass *pass, tr_error *err);
/* Visit every operator. */
void tr_op_walk(op_work *work, op_visit visit, void *context);
/* The attention of one layer; op_attention.c. */
void tr_op_attention(op_work *work, int index);
void tr_op_emit(const op_work *work, tr_op *op);
/* Which collective an operator of a link's class (all-reduce to send) is. */
tr_collective_kind tr_op_collective_kind(tr_op_class op_class);

/* Chips over which a layer's cache is split by heads; on the rest of tp it is copied. */
double tr_op_kv_split(const tr_layer *layer, const tr_cache *cache, double tp);
/* Experts that a rank holds, and the tokens they get and the share of them touched on the busiest rank. */
typedef struct op_routed {
    double slots;            /* experts on a rank */
    double load;             /* tokens of the busiest rank over the mean */
    double touched;          /* of the slots */
} op_routed;
op_routed tr_op_routed(const op_work *work, const tr_layer *layer, double group_token);

/* [L1] the parts of tr_layout_check that need no model */
tr_status tr_layout_range(const tr_layout *layout, tr_error *err);
/* Bytes that the operators of a pass are made of, all experts counted; tr_op_hold gathers them in a walk. */
typedef struct op_held {
    double layers_byte, outside_byte, widest_byte;
} op_held;
void tr_op_hold(void *context, const op_work *work, const tr_op *op);
/* Weights of one chip and the cache of one sequence on it. */
void tr_layout_hold(const op_work *work, const op_held *held, double context_token, double *weight_byte,
                    double *kv_byte);

#define OP_ACTIVATION_BYTE 2.0 /* a number between operators: BF16 */

#endif
