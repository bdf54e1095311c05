/* tokenroof/operators.h -- a pass operator by operator, each against its own roof.
 *
 * The list of a pass names every operator that a chip runs, with its FLOPs, its
 * bytes by kind and what its links carry. Summed over the chips (copies counted
 * once) it is exactly the work of the two equations; timed one after another,
 * each at the datasheet's peak, it is a tighter lower bound: sums of maxima are
 * never below the maximum of sums. Functions are pure: no globals, no
 * allocation, no I/O; any thread may call them. Only + - * / sqrt and
 * comparisons are used. [Rn] are the entries of docs/equations.md.
 */
#ifndef TOKENROOF_OPERATORS_H
#define TOKENROOF_OPERATORS_H

#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/layout.h>
#include <tokenroof/model.h>
#include <tokenroof/step.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_op_class {
    TR_OP_GEMM = 0,
    TR_OP_MOE,               /* grouped multiplies of routed experts */
    TR_OP_DECODE_ATTENTION,
    TR_OP_PREFILL_ATTENTION,
    TR_OP_DECODE_MLA,        /* absorbed: scores and values over the latent */
    TR_OP_PREFILL_MLA,
    TR_OP_INDEX,             /* scores of a sparse-attention indexer */
    TR_OP_STATE,             /* a recurrent layer's work on its state */
    TR_OP_ELEMENT,           /* norms, biases, convolutions */
    TR_OP_ALL_REDUCE,
    TR_OP_ALL_GATHER,        /* and reduce-scatter */
    TR_OP_ALL_TO_ALL,        /* dispatch and combine of experts' tokens */
    TR_OP_SEND,              /* from stage to stage */
    TR_OP_CLASS_COUNT
} tr_op_class;
TR_API const char *tr_op_class_name(tr_op_class op_class); /* "decode-mla"; NULL past the end */

/* One operator on one chip, for one micro-batch. All work is of ONE of the `count` that are alike. */
typedef struct tr_op {
    char name[24];           /* "qkv", "attention", "experts", "dispatch" */
    int layer;               /* its index in the model, -1 outside the layers */
    tr_op_class op_class;
    tr_dtype weight_dtype;   /* of its weights, by the bytes they take */
    tr_dtype math_dtype;     /* whose peak it is held to */
    double count;            /* alike in a pass */
    double m_row;            /* GEMM: tokens, columns out, depth */
    double n_dim;
    double k_dim;
    double batch_seq;        /* attention and state: sequences, new tokens of each, tokens cached */
    double query_token;
    double context_token;
    double heads;            /* on this chip */
    double kv_heads;
    double head_dim;
    double experts;          /* on this chip */
    double touched_count;    /* of them, that some token chose */
    double group_chip;       /* collectives: chips that take part */
    double message_byte;     /* collectives: as tr_collective_of takes it */
    int scaleout;            /* 1: it leaves the scale-up domain */
    double flop;
    double weight_byte;
    double kv_byte;          /* cache and state, read and written */
    double activation_byte;  /* in and out, if nothing stayed in a cache on the chip; no roof is held to it */
    double link_byte;
    double launch_count;     /* kernels, at least */
    double flop_copy_count;  /* chips of an instance's stage that do the very same work: 1 = split evenly */
    double weight_copy_count;
    double kv_copy_count;
    double flop_per_s;       /* one chip's roofs */
    double byte_per_s;
} tr_op;

/* What passes through the whole system together. Decode, prefill and speculative steps are cases of it, and
 * any mixture of them. */
typedef struct tr_pass {
    double decode_seq;           /* sequences that decode, 0 to 1e9 */
    double decode_context_token; /* cached of each, 0 to 1e12 */
    double token_per_seq;        /* new tokens each: 1, or the width of a speculative or MTP verification, to 1024 */
    double prefill_seq;          /* sequences that bring a chunk of their prompt, 0 to 1e9 */
    double prefill_query_token;  /* its length, 1 to 1e12 where prefill_seq > 0 */
    double prefill_context_token; /* cached before it, 0 to 1e12 */
    double routing_skew_ratio;   /* 0: even; s > 0: the i-th expert is chosen in proportion to 1 / i^s; to 8 */
} tr_pass;

/* A load as a pass. */
TR_API tr_status tr_pass_of(const tr_load *load, tr_pass *out, tr_error *err);

/* Operators of a pass on the busiest chip. Alike ones of alike layers are one entry with a count. layout NULL:
 * tr_layout_default. ops may be NULL with capacity 0, to ask for *count (TR_ECAPACITY where there are more than
 * capacity; the first are written). TR_OP_LIST_MAX is enough for any model.
 * Errors: as tr_layout_check and tr_roofline_of; TR_EDOMAIN (the pass).  [R19] [R20] [R21] [R22] [R23] [R24] */
#define TR_OP_LIST_MAX 4096
TR_API tr_status tr_operator_list(const tr_model *model, const tr_system *system, const tr_layout *layout,
                                  const tr_dtypes *dtypes, const tr_pass *pass, tr_op *ops, size_t capacity,
                                  size_t *count, tr_error *err);

typedef struct tr_op_time {
    double compute_s;
    double memory_s;
    double link_s;           /* on the wire */
    double fixed_s;          /* before a collective's first byte; fitted: with what its calibration adds */
    double time_s;           /* of one  [R25] */
    double total_s;          /* of all alike */
    tr_bound bound;
} tr_op_time;

/* One operator at the datasheet's peak. Errors: TR_EMISSING, TR_EDOMAIN (its work or roofs). On error *out is untouched. */
TR_API tr_status tr_op_roof_time(const tr_op *op, const tr_system *system, tr_op_time *out, tr_error *err);
/* The same at a calibration's achieved shares; NULL: at the datasheet's peak. Time between operators (a layer's,
 * a step's) is none of theirs. Errors: as above and tr_calibration_check.  [R26] */
TR_API tr_status tr_op_fitted_time(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                                   tr_op_time *out, tr_error *err);

/* One pass by operators at datasheet peak: never below tr_bound_step of the same load. comm_s is what collectives
 * take on the wire, fixed_s what they take before; operators run one after another, links beside them only where
 * layout->overlap says so. layout NULL: tr_layout_default. Errors: as tr_operator_list and tr_bound_step; TR_ENOFIT where a chip cannot hold
 * its part. On error *out is untouched.  [R27] */
TR_API tr_status tr_operator_step(const tr_model *model, const tr_system *system, const tr_layout *layout,
                                  const tr_dtypes *dtypes, const tr_load *load, tr_step *out, tr_error *err);

/* ---- many points --------------------------------------------------------------- */

/* A decode pass boiled down to one line per distinct operator: times are pieces of straight lines in batch and
 * context, so that a point costs a few dozen multiplications. Plain data. */
typedef struct tr_plan_term {
    int kind;                /* of src/step: linear, experts, cache, collective */
    double count;
    double compute_s_per_token;
    double memory_s;         /* of its weights */
    double memory_s_per_token;
    double flop_s_per_row;   /* cache: per sequence and row read */
    double byte_s_per_row;
    double token_per_row;
    double row_cap;
    double read_cap;
    double message_byte_per_token;
    double group_chip;
} tr_plan_term;
#define TR_PLAN_TERM_MAX 512
typedef struct tr_plan {
    tr_system system;
    tr_layout layout;
    double expert_idle_share;
    double batch_share_ratio;    /* of the batch that a rank has in a micro-batch */
    double repeat_count;         /* micro-batches of a pass */
    size_t term_count;
    tr_plan_term term[TR_PLAN_TERM_MAX];
} tr_plan;

/* Errors: as tr_operator_list; TR_ECAPACITY (more than TR_PLAN_TERM_MAX distinct operators).  [R28] */
TR_API tr_status tr_plan_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                            const tr_dtypes *dtypes, tr_plan *out, tr_error *err);
/* step_s[i] of a decode pass of batch_seq[i] sequences at context_token[i], even routing, memory not checked:
 * as tr_operator_step to rounding. Out-of-range input gives NaN in that element. No allocation.  [R28] */
TR_API void tr_plan_step_array(const tr_plan *plan, size_t n, const double *batch_seq, const double *context_token,
                               double *step_s);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_OPERATORS_H */
