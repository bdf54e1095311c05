/* tokenroof/pass.h -- what ONE chip does: the operator list of one pass through a model.
 *
 * A pass is any mixture of sequences that decode, sequences that bring a chunk
 * of their prompt, and drafts that are verified. Its list names every operator
 * that the busiest chip of a layout runs, with its FLOPs, its bytes by kind
 * and what its links carry. Summed over the chips (copies counted once) it is
 * exactly the work of the two equations. Functions are pure: no globals, no
 * allocation, no I/O; any thread may call them. Only + - * / sqrt and
 * comparisons are used. [Rn] are the entries of docs/equations.md.
 */
#ifndef TOKENROOF_PASS_H
#define TOKENROOF_PASS_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>
#include <tokenroof/shard.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_phase { TR_PHASE_DECODE = 0, TR_PHASE_PREFILL } tr_phase;
TR_API const char *tr_phase_name(tr_phase phase);

/* The load of a pass of one phase, over the whole system. */
typedef struct tr_load {
    tr_phase phase;
    double batch_seq;        /* sequences in the pass, 1 to 1e9; need not be whole */
    double context_token;    /* tokens cached of each before the pass, 0 to 1e12 */
    double query_token;      /* prefill: new tokens of each, 1 to 1e12; decode: ignored (1) */
} tr_load;

/* Everything that passes through the whole system together. */
typedef struct tr_pass {
    double decode_seq;           /* sequences that decode, 0 to 1e9 */
    double decode_context_token; /* cached of each, 0 to 1e12 */
    double token_per_seq;        /* new tokens of each: 1, or the width of a verification of drafts, to 1024 */
    double kept_per_seq;         /* of them, those that are output: rates and cost are of these; 0: all, to token_per_seq */
    double prefill_seq;          /* sequences that bring a chunk of their prompt, 0 to 1e9 */
    double prefill_query_token;  /* its length, 1 to 1e12 where prefill_seq > 0 */
    double prefill_context_token; /* cached before it, 0 to 1e12 */
    double routing_skew_ratio;   /* 0: even; s > 0: the i-th expert is chosen in proportion to 1 / i^s; to 8 */
} tr_pass;

/* A load as a pass. Errors: TR_EMISSING, TR_EDOMAIN. */
TR_API tr_status tr_pass_of(const tr_load *load, tr_pass *out, tr_error *err);

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
    TR_OP_CROSS,             /* between a chip and its host */
    TR_OP_CLASS_COUNT
} tr_op_class;
TR_API const char *tr_op_class_name(tr_op_class op_class); /* "decode-mla"; NULL past the end */

/* What an operator's work is in proportion to, at given contexts. */
typedef enum tr_grows {
    TR_GROWS_TOKEN = 0,      /* tokens of the rank */
    TR_GROWS_HEAD_TOKEN,     /* tokens that need scores */
    TR_GROWS_GROUP_TOKEN,    /* tokens of all ranks that share the experts */
    TR_GROWS_GROUP_SEQ,      /* sequences of all these ranks that decode */
    TR_GROWS_DECODE_SEQ,
    TR_GROWS_PREFILL_SEQ
} tr_grows;

/* How weights on the host come to a chip that multiplies them, chunk by chunk.  [R43] */
typedef struct tr_copy {
    double chunk_count;      /* in which the engine takes the tokens in; 0: not copied, but multiplied on the host */
    double chunk_weight_byte; /* that one of them needs */
    double link_byte_per_s;  /* from the host's memory to the chip */
    double flop_per_s;       /* the chip's roofs */
    double byte_per_s;
} tr_copy;

/* One operator on one chip, for one micro-batch. All work is of ONE of the `count` that are alike. */
typedef struct tr_op {
    const char *name;        /* "qkv", "attention", "experts", "dispatch"; static */
    int layer;               /* its index in the model, -1 outside the layers */
    tr_op_class op_class;
    tr_grows grows;
    tr_dtype weight_dtype;   /* of its weights */
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
    double message_byte;     /* collectives: as tr_collective_of takes them */
    double across_byte;
    double flop;
    double weight_byte;
    double kv_byte;          /* cache and state, read and written */
    double activation_byte;  /* in and out, if nothing stayed in a cache on the chip; no roof is held to it */
    double launch_count;     /* kernels, at least */
    double flop_copy_count;  /* chips of an instance's stage that do the very same work: 1 = split evenly */
    double weight_copy_count;
    double kv_copy_count;
    double flop_per_s;       /* one chip's roofs, or the host's */
    double byte_per_s;
    int on_host;             /* 1: the host holds its weights and cache, and computes it unless it copies them */
    tr_copy copy;            /* of its weights, to be multiplied on the chip; chunk_count 0: they are not */
    double kernel_flop_per_s; /* CPUs: what measured shares of the peak are of, at most flop_per_s; 0: that itself */
    double unpack_ratio;      /* then: of the rows that its weights are padded by, those it takes to unpack them */
} tr_op;

/* Operators of a pass on the busiest chip; alike ones of alike layers are one entry with a count. ops may be NULL
 * with capacity 0, to ask for *count (TR_ECAPACITY where there are more than capacity; the first are written).
 * TR_OP_LIST_MAX is enough for any model. Errors: TR_EMISSING, TR_EDOMAIN (the pass), TR_ENOFIT (the chip, or the
 * host, cannot multiply in such a format).  [R19] [R20] [R21] [R22] [R23] [R24] [R40] */
#define TR_OP_LIST_MAX 4096
TR_API tr_status tr_operator_list(const tr_shard *shard, const tr_pass *pass, tr_op *ops, size_t capacity,
                                  size_t *count, tr_error *err);

/* Routed-expert share touched by token_count tokens: 1 - idle^tokens, by repeated multiplication; linear between
 * whole numbers; 1 from 2^31 tokens on. idle in [0, 1), tokens >= 0; NaN outside.  [R4] */
TR_API double tr_expert_touched_share(double expert_idle_share, double token_count);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_PASS_H */
