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
    const tr_chip *chip;         /* of the side that is walked, chip_count of them acting as one */
    double chip_count;
    pass_part part[TR_PART_COUNT], attention;
    double byte_per_s;
    int has_host, on_host;       /* some of it is on the host; that side is walked */
    const pass_work *chips;      /* where the host is walked: the chips' side, and the way there */
    double link_byte_per_s;
    double peak_flop_per_s;      /* the fastest of all multiplies: what the pooled roof holds them to */
    tr_dtype peak_dtype;
    tr_pass pass;
    double repeat;               /* micro-batches of a pass */
    double group_count;          /* sets of ranks that sequences are dealt out to */
    double decode_seq, prefill_seq; /* of the busiest rank in one micro-batch */
    double decode_token, prefill_token, token, head_token;
    double group_seq, group_token; /* of all ranks that share the experts: not rounded up rank by rank; the first of
                                  * those that decode */
    pass_visit visit;
    void *context;
};

/* What does not depend on the pass: the roofs. Errors: TR_ENOFIT (the chip cannot multiply so). */
tr_status tr_pass_work_of(const tr_shard *shard, pass_work *out, tr_error *err);
/* The roofs of one side: count of such a chip acting as one. Errors: TR_ENOFIT, TR_EDOMAIN. */
tr_status tr_pass_roofs_of(pass_work *work, const tr_chip *chip, double count, tr_error *err);
/* The same pass, seen from the host. Errors: as above; TR_EMISSING (the rate of the way there). */
tr_status tr_pass_host_side(const pass_work *work, pass_work *out, tr_error *err);
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
/* host.c: the host's operators, and what passes between it and the chips.  [R40] */
void tr_pass_host(const pass_work *work);
/* side.c: an operator's share of `count` on the side that is walked, and what a copy of its weights to the chip takes;
 * chunks in which the engine takes so many tokens in, and whether it copies weights for them.  [R40] [R43] */
void tr_pass_place(const pass_work *work, tr_op *op);
double tr_pass_chunk_count(const tr_shard *shard, double token);
int tr_pass_copies(const tr_shard *shard, double token);
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

/* On a CPU: what an operator's share of the peak is of, and of the rows it is padded by, those that unpacking takes;
 * count of them act as one. */
void tr_pass_cpu_kernel(const tr_chip *chip, double count, tr_op *op);

/* Hand an operator to the visitor, named, unless none of it is on the side that is walked. */
static inline void tr_pass_emit(const pass_work *work, tr_op *op, const char *name)
{
    op->name = name;
    op->byte_per_s = work->byte_per_s;
    if (work->chip->kind == TR_CHIP_CPU)
        tr_pass_cpu_kernel(work->chip, work->chip_count, op);
    op->launch_count = 1.0;
    if (work->has_host)
        tr_pass_place(work, op);
    if (!work->has_host || op->count > 0.0)
        work->visit(work->context, work, op);
}

/* What weights stored in `weight` multiply in on this chip when `asked` is wanted, and how fast. A rate counts only
 * where both operands are in that format: never narrower than the weights. Errors: TR_ENOFIT. */
tr_status tr_pass_math(const tr_chip *chip, tr_dtype weight, tr_dtype asked, double *flop_per_s, tr_dtype *used,
                       tr_error *err);

#endif
