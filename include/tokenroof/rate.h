/* tokenroof/rate.h -- how long one pass takes, and what limits it: three tables of rates on one operator list.
 *
 * The blackboard: work divided by rate, SUM over what shares a resource, MAX over resources that run side by side.
 *   bound    one pooled roof: all chips as one, at datasheet peak, the max of the sums
 *   ops      each operator at its own roof, links after them: the sum of the maxima
 *   fitted   each operator at its measured rate, plus the times that no datasheet lists
 * bound <= ops <= fitted because of what they are: a sum of maxima is no smaller than the max of the sums, a chip of
 * a layout has its even share of the work at least, and measured shares are below 1. Functions are pure: no globals,
 * no allocation, no I/O; any thread may call them. Only + - * / sqrt and comparisons are used, so that native and
 * WebAssembly builds agree to the last bit. [Rn], [Fn] are the entries of docs/equations.md.
 */
#ifndef TOKENROOF_RATE_H
#define TOKENROOF_RATE_H

#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>
#include <tokenroof/pass.h>
#include <tokenroof/shard.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_physics {
    TR_PHYSICS_BOUND = 0,
    TR_PHYSICS_OPS,
    TR_PHYSICS_FITTED
} tr_physics;
TR_API const char *tr_physics_name(tr_physics physics);

typedef enum tr_limit {      /* what most of a pass's time goes into */
    TR_LIMIT_COMPUTE = 0,
    TR_LIMIT_WEIGHTS,        /* reading weights */
    TR_LIMIT_KV,             /* reading and writing caches and states */
    TR_LIMIT_COMM,           /* bytes on links */
    TR_LIMIT_FIXED,          /* launches, the start of collectives, the host's part in them */
    TR_LIMIT_HOST,           /* layers that the host beside the chips computes */
    TR_LIMIT_CROSSING,       /* what passes between it and the chips: activations, weights that are copied */
    TR_LIMIT_COUNT
} tr_limit;
/* "compute", "weights", "kv", "comm", "fixed", "host", "crossing"; "" past the end. */
TR_API const char *tr_limit_name(tr_limit limit);

/* One pass with the terms it was made of. By bound, compute_s stands beside weights_s + kv_s and the longer decides;
 * host_s stands behind it for one token, and beside it where tokens can take turns [R44].
 * By ops and fitted the terms add up to step_s: an operator's time counts for the resource that it waits for,
 * and what its other resource does not hide behind that, for the other. */
typedef struct tr_step {
    double compute_s;        /* [R2] */
    double weights_s;        /* [R3] with experts touched [R4] */
    double kv_s;             /* [R5] */
    double comm_s;
    double fixed_s;
    double host_s;           /* [R41] on the host; 0 where it has no layers */
    double crossing_s;       /* [R42] [R43] between it and the chips */
    double step_s;           /* [R1] [R27] [F3] */
    double low_s;            /* 90 % interval; both equal step_s but in fitted physics */
    double high_s;
    tr_limit limit;
    double token_per_s;              /* new tokens, whole system */
    double token_per_s_per_seq;
    double token_per_s_per_chip;
    double usd_per_mtoken;           /* 0 if no price */
    double mfu;                      /* model FLOPs / (peak x step_s)  [R8] */
    double mbu;                      /* bytes / (bandwidth x step_s) */
    double intensity_flop_per_byte;  /* whole pass */
    double flop;                     /* whole pass, copies not counted */
    double weight_read_byte;
    double kv_read_byte;             /* and written */
} tr_step;

/* ---- bound ------------------------------------------------------------------------ */

/* What one model on one system comes to with all chips pooled: the few rates and sizes that both equations need. */
typedef struct tr_roofline {
    tr_shard pooled;             /* the whole model on all chips as one */
    double flop_per_s;           /* all chips, in math_dtype */
    double byte_per_s;           /* all chips */
    double memory_byte;          /* all chips; HUGE_VAL = not limited */
    double usd_per_s;            /* of work, all chips: the price over the share of its hours that is used; 0 = no price */
    double chip_count;
    double copy_count;           /* of the weights, each read by its own share of the chips for its own share of the
                                  * sequences; 1 as made: all chips read one.  [K110] */
    double flop_per_token;       /* 2 x multiply_param  [R2] */
    double fixed_weight_byte;    /* read by every pass: all streamed weights but the routed experts */
    double routed_weight_byte;   /* all routed experts */
    double host_fixed_weight_byte; /* the same of what the host has; 0 where it has none */
    double host_routed_weight_byte;
    double host_flop_per_s;      /* all its CPUs; 0 where it has no layers */
    double host_byte_per_s;
    double host_copy_token;      /* tokens of a pass from which its weights may be copied; 0: never */
    double expert_idle_share;    /* 1 - k/E: chance that one token leaves an expert untouched; 0 = no experts */
    double store_weight_byte;    /* resident: fixed, routed and the input table */
    double weight_byte;          /* average bytes a parameter, as resolved */
    double kv_byte_per_token;    /* marginal, as resolved */
    tr_dtype weight_dtype;       /* resolved: of most parameters */
    tr_dtype kv_dtype;
    tr_dtype math_dtype;
} tr_roofline;

/* engine: decides the cache's format where none is asked; NULL: the model's. formats NULL: as published. The model,
 * system and engine must outlive it. Errors: TR_ENOFIT (the chip cannot do this math), TR_EDOMAIN, TR_EMISSING. On
 * error *out is untouched. */
TR_API tr_status tr_roofline_of(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                const tr_formats *formats, tr_roofline *out, tr_error *err);

/* One pass by the two equations. A prefill pass reads its cached context once and writes its own rows, and needs
 * scores for the last token only. Whether it fits is the shard's to say. Errors: TR_EDOMAIN, TR_EMISSING. */
TR_API tr_status tr_bound_step(const tr_roofline *roof, const tr_load *load, tr_step *out, tr_error *err);
/* The same of any mixture of decodes and prompts. */
TR_API tr_status tr_bound_pass(const tr_roofline *roof, const tr_pass *pass, tr_step *out, tr_error *err);

/* Decode steps for n loads in closed form, structure of arrays, no allocation. kv_read_byte[i] and attention_flop[i]
 * are per sequence at that context (tr_model_kv_read_byte, tr_model_attention_flop). Any output may be NULL; outputs
 * must overlap neither each other nor the inputs. Out-of-range input (batch 1 to 1e9, others 0 to 1e30) gives NaN in
 * that element; a broken roofline, and one with layers on a host, gives NaN in all (of that one ask tr_bound_step).
 * Equal to tr_bound_step to rounding.  [R1] */
TR_API void tr_bound_step_array(const tr_roofline *roof, size_t n,
                                const double *batch_seq, const double *kv_read_byte, const double *attention_flop,
                                double *compute_s, double *weights_s, double *kv_s, double *step_s);

/* The functions below return NaN for NaN or out-of-range input, and those of a crossing of compute and memory also
 * where a host has layers: there are then two of each. */

/* Time to read all streamed weights once: no decode step with a large batch is faster. With a host, the longer of both
 * sides.  [R6] */
TR_API double tr_floor_s(const tr_roofline *roof);
/* Peak over bandwidth.  [R7] */
TR_API double tr_ridge_flop_per_byte(const tr_roofline *roof);
/* Batch at which compute time reaches memory time at this context, all experts touched; HUGE_VAL where KV reading
 * outgrows compute and no batch does.  [R9] */
TR_API double tr_balance_batch_seq(const tr_roofline *roof, double context_token);
/* Batch at which memory time is memory_ratio times compute time at this context, all experts touched: the balance batch
 * for 1; HUGE_VAL where KV reading alone takes that long.  [K74] */
TR_API double tr_memory_ratio_batch_seq(const tr_roofline *roof, double context_token, double memory_ratio);
/* Context at which KV read time per sequence equals compute time per sequence (L*); HUGE_VAL if it never does.  [R10] */
TR_API double tr_balance_context_token(const tr_roofline *roof);
/* Context at which a batch turns from compute- to memory-bound with the weights kept; 0 if it always is, HUGE_VAL if
 * never.  [R11] */
TR_API double tr_cliff_context_token(const tr_roofline *roof, double batch_seq);
/* The three crossings above with attention's multiplies left out, as on the blackboard. All NaN out of range.  [R31] */
typedef struct tr_weights_balance {
    double batch_seq;            /* at the context */
    double context_token;
    double cliff_token;          /* of the batch */
} tr_weights_balance;
TR_API void tr_weights_balance_of(const tr_roofline *roof, double batch_seq, double context_token,
                                  tr_weights_balance *out);
/* New tokens of each of batch_seq sequences from which a pass on this context is bound by compute: decode lies left of
 * it, prefill right. 1 where even one token a sequence is; HUGE_VAL where no pass is.  [R30] */
TR_API double tr_ridge_query_token(const tr_roofline *roof, double batch_seq, double context_token);
/* Time to read the whole memory once: the "train" that leaves every 15 to 40 ms.  [R14] */
TR_API double tr_drain_s(const tr_roofline *roof);
/* Intensity of the weight multiplies at a batch, and of attention at a context (0 where it reads nothing).  [R15] [R16] */
TR_API double tr_weight_intensity_flop_per_byte(const tr_roofline *roof, double batch_seq);
TR_API double tr_attention_intensity_flop_per_byte(const tr_roofline *roof, double context_token);
/* What one decoding sequence reads (and of states writes) at a context, in the roof's formats, and its FLOPs of
 * attention.  [R5] [M8] */
TR_API double tr_roofline_kv_read_byte(const tr_roofline *roof, double context_token);

/* ---- ops and fitted ---------------------------------------------------------------- */

typedef struct tr_op_time {
    double compute_s;
    double memory_s;
    double link_s;           /* on the wire */
    double fixed_s;          /* before a collective's first byte; fitted: with what its calibration adds */
    double host_s;           /* [R41] on the host; 0 where the weights are copied to the chip */
    double crossing_s;       /* [R42] [R43] */
    double time_s;           /* of one  [R25] [R26] */
    double total_s;          /* of all alike */
    tr_limit limit;
} tr_op_time;

/* One operator: at datasheet peak (calibration NULL), or at measured shares (of what the host runs, those of its CPU
 * under the calibration's engine). Errors: TR_EMISSING, TR_EDOMAIN (its
 * work or roofs), those of tr_collective_of and tr_calibration_check. On error *out is untouched. */
TR_API tr_status tr_operator_time(const tr_op *op, const tr_system *system, const tr_calibration *calibration,
                                  tr_op_time *out, tr_error *err);

/* A pass on a shard boiled down to what depends on the number of sequences: at given contexts every operator's time
 * is made of straight lines, and operators whose lines cross at the same point are one. Plain data. */
#define TR_TIMING_TERM_MAX 96
#define TR_TIMING_REACH_MAX 4
typedef struct tr_timing_term {
    int kind;                    /* of src/rate: a line, experts, a collective */
    int cache;                   /* its memory side is cache, not weights */
    tr_grows grows;
    double count;
    double compute_s_per_count;        /* per unit of what it grows with */
    double memory_s;             /* once, where there is any of it */
    double memory_s_per_count;
    double tile_s;               /* experts: of multiplying one tile's padding, all touched */
    double idle_share;
    int on_host;                 /* 1: of the host, at its rates */
    int reach;                   /* collectives: where the group lies */
    union {
        struct {                 /* collectives, crossings: bytes per unit */
            double message_byte_per_count;
            double across_byte_per_count;
        };
        struct {                 /* of the host: one copy of all weights to the chip, and how it multiplies them */
            double copy_s;
            double chip_s_per_count;
            double chip_memory_s;
            double chip_tile_s;
        };
    };
} tr_timing_term;
typedef struct tr_timing {
    const tr_shard *shard;
    const tr_calibration *calibration; /* NULL: at datasheet peak */
    tr_pass at;                  /* the contexts and lengths it holds for; its counts are not used */
    const tr_calibration *host_calibration; /* of the host, where it has layers; NULL: at datasheet peak */
    double rank_count, group_count; /* that sequences are dealt out to: attention ranks, and sets of experts */
    double repeat_count;         /* micro-batches of a pass */
    double fixed_s;              /* per pass: layers and the step itself */
    double host_fixed_s;         /* per pass: layers of the host */
    double draft_fixed_s;        /* per pass with a decoding sequence: of what drafts for it */
    double fixed_s_per_seq;      /* per decoding sequence of a rank */
    double peak_flop_per_s;
    size_t reach_count, term_count;
    tr_reach reach[TR_TIMING_REACH_MAX]; /* of each size of group */
    tr_timing_term term[TR_TIMING_TERM_MAX];
} tr_timing;

/* The shard and calibration must outlive it. Errors: those of tr_operator_list; TR_ECAPACITY (more than
 * TR_TIMING_TERM_MAX distinct terms).  [R28] */
TR_API tr_status tr_timing_of(const tr_shard *shard, const tr_calibration *calibration, const tr_pass *at,
                              tr_timing *out, tr_error *err);

/* Seconds by resource of one pass with decode_seq decoding sequences and prefill_seq prompts of one attention rank
 * (not of the system; need not be whole, >= 0), other ranks alike. The terms add up to step_s. */
typedef struct tr_terms {
    double compute_s, weights_s, kv_s, comm_s, fixed_s, host_s, crossing_s;
    double step_s;
} tr_terms;
TR_API tr_limit tr_terms_limit(const tr_terms *terms); /* the largest, the first of those alike */
TR_API void tr_timing_rank(const tr_timing *timing, double decode_seq, double prefill_seq, tr_terms *out);

/* step_s[i] of a decode pass of batch_seq[i] sequences of the whole system at the timing's context. NaN where out of
 * range (1 to 1e9). No allocation. */
TR_API void tr_timing_array(const tr_timing *timing, size_t n, const double *batch_seq, double *step_s);

/* One pass on a shard, memory not checked: by ops where calibration is NULL, else fitted, with the calibration's
 * interval for a pass at `distance`. roof: of the same model, system and formats, for MFU, MBU and price. Errors:
 * those of tr_operator_list, TR_EMISSING. On error *out is untouched.  [R27] [F3] */
TR_API tr_status tr_pass_step(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                              tr_distance distance, const tr_pass *pass, tr_step *out, tr_error *err);

/* ---- collectives ------------------------------------------------------------------- */

typedef enum tr_algorithm {
    TR_ALGORITHM_NONE = 0,   /* a group of one */
    TR_ALGORITHM_ONE_SHOT,   /* everything to everybody at once */
    TR_ALGORITHM_TWO_SHOT,   /* a share from everybody, then back */
    TR_ALGORITHM_IN_SWITCH,  /* the switch adds up */
    TR_ALGORITHM_RING,       /* round the domains, on the scale-out link */
    TR_ALGORITHM_TREE,
    TR_ALGORITHM_DIRECT      /* each to each: all-to-all, a hop */
} tr_algorithm;
TR_API const char *tr_algorithm_name(tr_algorithm algorithm); /* "two-shot"; "none" for others */

typedef enum tr_collective_kind {
    TR_COLLECTIVE_ALL_REDUCE = 0,
    TR_COLLECTIVE_ALL_GATHER,    /* message_byte: what each has in the end */
    TR_COLLECTIVE_ALL_TO_ALL,    /* message_byte: what each sends inside its domain, across_byte: beyond */
    TR_COLLECTIVE_SEND           /* to one neighbour */
} tr_collective_kind;

typedef struct tr_collective {
    tr_algorithm algorithm;
    int scaleout;            /* 1: leaves the scale-up domain */
    double link_byte;        /* a chip sends, on all its links */
    double start_s;          /* before the first byte is there, however little */
    double wire_s;           /* at the links' datasheet bandwidth */
    double time_s;           /* their sum */
} tr_collective;

/* One collective over group_chip chips, by the algorithm that is fastest at this size: alpha-beta. group_chip 1 to
 * 1e6, bytes 0 to 1e30. Errors: TR_EMISSING (also a link whose rate is not published), TR_EDOMAIN. On error *out is
 * untouched.  [L4] [L5] [L6] [L7] */
TR_API tr_status tr_collective_of(const tr_system *system, tr_collective_kind kind, double group_chip,
                                  double message_byte, double across_byte, tr_collective *out, tr_error *err);

/* ---- which layout --------------------------------------------------------------------- */

/* The layout in which the load is predicted to take least, of those that fit and that the engine can run; where none
 * fits, TR_ENOFIT names the one that comes closest and what it lacks, and *out is that one. calibration NULL: by
 * ops. Other errors: TR_EMISSING, TR_EDOMAIN.  [L2] */
TR_API tr_status tr_layout_best(const tr_model *model, const tr_system *system, const tr_engine *engine,
                                const tr_formats *formats, const tr_calibration *calibration, const tr_load *load,
                                tr_layout *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_RATE_H */
