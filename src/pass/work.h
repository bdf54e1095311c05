/* pass/work.h -- what the operators of a pass are made from, and the walk over them. */
#ifndef TOKENROOF_SRC_PASS_WORK_H
#define TOKENROOF_SRC_PASS_WORK_H

#include <tokenroof/pass.h>

/* Ranges a load must lie in: wide enough for any question, narrow enough that no product leaves a double's range. */
#define PASS_BATCH_MAX_SEQ 1e9
#define PASS_CONTEXT_MAX_TOKEN 1e12

#define PASS_ACTIVATION_BYTE 2.0 /* a number between operators: BF16 */

/* The roof that multiplies of one part of a model are held to. */
typedef struct pass_part {
    double byte;             /* a parameter, as stored */
    double flop_per_s;       /* one chip */
    tr_dtype weight_dtype;
    tr_dtype math_dtype;
} pass_part;

typedef struct pass_work pass_work;
typedef void (*pass_visit)(void *context, const pass_work *work, const tr_op *op);

struct pass_work {
    const tr_shard *shard;
    const tr_model *model;
    const tr_system *system;
    tr_layout layout;
    pass_part part[TR_PART_COUNT], attention;
    double peak_flop_per_s;      /* the fastest of all multiplies: what the pooled roof holds them to */
    tr_dtype peak_dtype;
    tr_pass pass;
    double repeat;               /* micro-batches of a pass */
    double decode_seq, prefill_seq; /* of the busiest rank in one micro-batch */
    double decode_token, prefill_token, token, head_token;
    double group_seq, group_token; /* of all ranks that share the experts: not rounded up rank by rank; the first of
                                  * those that decode */
    pass_visit visit;
    void *context;
};

/* What does not depend on the pass: the roofs. Errors: TR_ENOFIT (the chip cannot multiply so). */
tr_status tr_pass_work_of(const tr_shard *shard, pass_work *out, tr_error *err);
/* Then the pass itself. Errors: TR_EMISSING, TR_EDOMAIN. */
tr_status tr_pass_work_load(pass_work *work, const tr_pass *pass, tr_error *err);
/* The amount at this pass that an operator's work is in proportion to. */
double tr_pass_work_amount(const pass_work *work, tr_grows grows);
/* Visit every operator. */
void tr_pass_walk(pass_work *work, pass_visit visit, void *context);
/* Tokens that a pass drafts one after another for each of its sequences; 0: what it verifies costs nothing to
 * draft. */
double tr_pass_drafted_token(const tr_shard *shard, const tr_pass *pass);

/* attention.c: operators on what is cached, of one layer; -1: of a model without layers. */
void tr_pass_attention(const pass_work *work, int layer);
/* link.c: what the links of one layer carry; and the hops between stages. */
void tr_pass_links(const pass_work *work, int layer);
void tr_pass_stages(const pass_work *work);
/* expert.c: the routed experts of one layer. */
void tr_pass_experts(const pass_work *work, int layer);
/* layer.c: all operators of a model's pass but its hops between stages; and of its prediction layers', all together. */
void tr_pass_stack(const pass_work *work);
void tr_pass_predict(const pass_work *work);
/* The layer of an index: from layer_kinds on, the multi-token-prediction layer. */
static inline const tr_layer *tr_pass_layer_at(const pass_work *work, int layer)
{
    return layer < work->model->layer_kinds ? &work->model->layer[layer] : &work->model->mtp_layer;
}
/* Chance that one token leaves an expert of an operator of class MOE alone, routing being even. */
double tr_pass_idle_share(const pass_work *work, const tr_op *op);

/* On a CPU: what an operator's share of the peak is of, and of the rows it is padded by, those that unpacking takes. */
void tr_pass_cpu_kernel(const tr_chip *chip, tr_op *op);

/* Hand an operator to the visitor, named. */
static inline void tr_pass_emit(const pass_work *work, tr_op *op, const char *name)
{
    op->name = name;
    op->byte_per_s = work->system->chip.memory_byte_per_s;
    if (work->system->chip.kind == TR_CHIP_CPU)
        tr_pass_cpu_kernel(&work->system->chip, op);
    op->launch_count = 1.0;
    work->visit(work->context, work, op);
}

/* What weights stored in `weight` multiply in on this chip when `asked` is wanted, and how fast. A rate counts only
 * where both operands are in that format: never narrower than the weights. Errors: TR_ENOFIT. */
tr_status tr_pass_math(const tr_chip *chip, tr_dtype weight, tr_dtype asked, double *flop_per_s, tr_dtype *used,
                       tr_error *err);

#endif
