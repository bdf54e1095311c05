/* tokenroof/step.h -- how long one forward pass takes, and what limits it.
 *
 * The blackboard: work divided by rate, SUM over what shares a resource, MAX
 * over resources that run side by side. Functions are pure: no globals, no
 * allocation, no I/O; any thread may call them. [Rn] are the entries of
 * docs/equations.md. Only + - * / sqrt and comparisons are used here, so that
 * native and WebAssembly builds agree to the last bit.
 */
#ifndef TOKENROOF_STEP_H
#define TOKENROOF_STEP_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_phase { TR_PHASE_DECODE = 0, TR_PHASE_PREFILL } tr_phase;

typedef enum tr_physics {
    TR_PHYSICS_BOUND = 0,    /* two equations at datasheet peak: a lower bound */
    TR_PHYSICS_OPS,          /* every operator against its own roof */
    TR_PHYSICS_FITTED        /* ops with measured efficiency: a prediction with a band */
} tr_physics;

typedef enum tr_bound {
    TR_BOUND_COMPUTE = 0,
    TR_BOUND_WEIGHTS,        /* memory, and weights are the larger part */
    TR_BOUND_KV,             /* memory, and the KV cache is the larger part */
    TR_BOUND_COMM,
    TR_BOUND_FIXED
} tr_bound;
TR_API const char *tr_bound_name(tr_bound bound);    /* "compute", "weights", "kv", "comm", "fixed" */
TR_API const char *tr_phase_name(tr_phase phase);
TR_API const char *tr_physics_name(tr_physics physics);

/* Which number formats a run uses; TR_DTYPE_NATIVE takes the model's. FP8 or
 * FP4 rates apply only where both weights and math are in that dtype: math
 * asked narrower than the weights runs in the weights' dtype, and the result
 * says so. An overridden weight dtype counts its payload for every parameter,
 * embedding and head included, without scales: the least it could be. */
typedef struct tr_dtypes {
    tr_dtype weight;         /* NATIVE: as published, by part */
    tr_dtype kv;
    tr_dtype math;           /* NATIVE: the weight dtype if the chip has it, else BF16 (FP8 for FP4 weights has to be asked for) */
} tr_dtypes;

/* What one model on one system comes to: the few rates and sizes that both
 * equations need. Built once, used for any number of loads. */
typedef struct tr_roofline {
    double flop_per_s;           /* all chips, in math_dtype  */
    double byte_per_s;           /* all chips */
    double memory_byte;          /* all chips; HUGE_VAL = not limited */
    double usd_per_s;            /* all chips; 0 = no price */
    double chip_count;
    double flop_per_token;       /* 2 x multiply_param  [R2] */
    double fixed_weight_byte;    /* read by every pass: all streamed weights but the routed experts */
    double routed_weight_byte;   /* all routed experts */
    double expert_idle_share;    /* 1 - k/E: chance that one token leaves an expert untouched; 0 = no experts */
    double store_weight_byte;    /* resident: fixed, routed and the input table */
    double kv_elem_byte;         /* as resolved from dtypes; 0 = a model without layers, whose KV is given in bytes */
    double weight_byte;          /* average bytes a parameter, as resolved */
    double kv_byte_per_token;    /* marginal, as resolved */
    tr_dtype weight_dtype;       /* resolved */
    tr_dtype kv_dtype;
    tr_dtype math_dtype;
} tr_roofline;

/* dtypes NULL: all native. Errors: TR_ENOFIT (the chip cannot do this math),
 * TR_EDOMAIN, TR_EMISSING (model or system NULL). Memory is not checked here
 * but by tr_bound_step and the capacity functions. On error *out is untouched. */
TR_API tr_status tr_roofline_of(const tr_model *model, const tr_system *system, const tr_dtypes *dtypes,
                                tr_roofline *out, tr_error *err);

typedef struct tr_load {
    tr_phase phase;
    double batch_seq;        /* sequences in the pass, 1 to 1e9; need not be whole */
    double context_token;    /* tokens cached per sequence before the pass, 0 to 1e12 */
    double query_token;      /* prefill: new tokens per sequence, 1 to 1e12; decode: ignored (1) */
} tr_load;

/* One pass with the terms it was made of. */
typedef struct tr_step {
    double compute_s;        /* [R2] */
    double weights_s;        /* [R3] with experts touched [R4] */
    double kv_s;             /* [R5] */
    double comm_s;           /* 0 in bound physics */
    double fixed_s;          /* 0 in bound physics */
    double step_s;           /* max(compute_s, weights_s + kv_s)  [R1] */
    double low_s;            /* band; both equal step_s in bound physics */
    double high_s;
    tr_bound bound;
    double token_per_s;              /* new tokens, whole system */
    double token_per_s_per_seq;
    double token_per_s_per_chip;
    double usd_per_mtoken;           /* 0 if no price */
    double mfu;                      /* model FLOPs / (peak x step_s)  [R8] */
    double mbu;                      /* bytes / (bandwidth x step_s) */
    double intensity_flop_per_byte;  /* whole pass */
    double flop;                     /* whole pass */
    double weight_read_byte;
    double kv_read_byte;
} tr_step;

/* Predict one pass by the two equations. A prefill pass reads its cached
 * context once and writes its own rows, and needs scores for the last token
 * only; its bytes must fit with the new tokens counted. On error *out is untouched.
 * Errors: TR_EDOMAIN, TR_ENOFIT (weights and KV cache exceed memory_byte: the
 * text says by how much and the largest batch that fits). */
TR_API tr_status tr_bound_step(const tr_roofline *roof, const tr_model *model, const tr_load *load,
                               tr_step *out, tr_error *err);

/* Decode steps for n loads, structure of arrays, no allocation, no capacity
 * check. kv_read_byte[i] and attention_flop[i] are per sequence at that
 * context (tr_model_kv_read_byte, tr_model_attention_flop). Any output may be
 * NULL; outputs must overlap neither each other nor the inputs. Inputs must be
 * in range (batch 1 to 1e9, others 0 to 1e30): out-of-range input gives NaN in
 * that element, never undefined behaviour; a broken roofline gives NaN in all. [R1]
 * Bit-identical to tr_bound_step. */
TR_API void tr_bound_step_array(const tr_roofline *roof, size_t n,
                                const double *batch_seq, const double *kv_read_byte, const double *attention_flop,
                                double *compute_s, double *weights_s, double *kv_s, double *step_s);

/* The functions below return NaN for NaN or out-of-range input. */

/* Routed-expert share touched by token_count tokens: 1 - idle^tokens, by
 * repeated multiplication; linear between whole numbers; 1 from 2^31 tokens on.
 * idle in [0, 1), tokens >= 0.  [R4] */
TR_API double tr_expert_touched_share(double expert_idle_share, double token_count);

/* Time to read all streamed weights once: no decode step with a large batch is faster.  [R6] */
TR_API double tr_floor_s(const tr_roofline *roof);
/* Peak over bandwidth.  [R7] */
TR_API double tr_ridge_flop_per_byte(const tr_roofline *roof);
/* Batch at which compute time reaches memory time at this context, all experts
 * touched; HUGE_VAL where KV reading outgrows compute and no batch does.  [R9] */
TR_API double tr_balance_batch_seq(const tr_roofline *roof, const tr_model *model, double context_token);
/* Context at which KV read time per sequence equals compute time per sequence
 * (the cliff, L*); HUGE_VAL if it never does. By bisection where KV is not
 * linear in context.  [R10] */
TR_API double tr_balance_context_token(const tr_roofline *roof, const tr_model *model);
/* Context at which a batch turns from compute- to memory-bound with the weights kept; 0 if it always is, HUGE_VAL if never.  [R11] */
TR_API double tr_cliff_context_token(const tr_roofline *roof, const tr_model *model, double batch_seq);
/* Largest whole batch whose weights, KV and states fit; 0 if not even one sequence does; HUGE_VAL if nothing limits it.  [R12] */
TR_API double tr_max_batch_seq(const tr_roofline *roof, const tr_model *model, double context_token);
/* Longest context at which batch_seq sequences fit; 0 if none; HUGE_VAL if nothing limits it (not capped by max_context_token).  [R13] */
TR_API double tr_max_context_token(const tr_roofline *roof, const tr_model *model, double batch_seq);
/* Time to read the whole memory once: the "train" that leaves every 15 to 40 ms.  [R14] */
TR_API double tr_drain_s(const tr_roofline *roof);
/* Intensity of the weight multiplies at a batch, and of attention at a context (0 where it reads nothing), FLOP/byte.  [R15] [R16] */
TR_API double tr_weight_intensity_flop_per_byte(const tr_roofline *roof, double batch_seq);
TR_API double tr_attention_intensity_flop_per_byte(const tr_roofline *roof, const tr_model *model, double context_token);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_STEP_H */
