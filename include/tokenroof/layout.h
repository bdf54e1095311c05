/* tokenroof/layout.h -- how a model is spread over chips: which layouts are legal, what a chip then holds,
 * and what its links carry.
 *
 * An instance is tp x dp x pp chips; a system runs `replica` of them side by
 * side. tp splits every matrix by heads and columns; dp copies attention inside
 * the instance, each copy with sequences of its own; routed experts lie on all
 * tp x dp chips of a stage, ep groups of them with whole experts and the rest
 * (moe_tp = tp x dp / ep) in slices; pp cuts by layers. Functions are pure: no
 * globals, no allocation, no I/O; any thread may call them. Only + - * / sqrt
 * and comparisons are used. [Ln] are the entries of docs/equations.md.
 */
#ifndef TOKENROOF_LAYOUT_H
#define TOKENROOF_LAYOUT_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>
#include <tokenroof/step.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_layout {
    double tp_rank;          /* whole, >= 1 */
    double dp_rank;          /* copies of attention inside an instance, whole, >= 1 */
    double ep_rank;          /* groups of whole experts, divides tp x dp; 1 = every expert in slices */
    double pp_rank;          /* stages, whole, >= 1 */
    double replica_count;    /* instances, whole, >= 1 */
    int overlap;             /* 1: two micro-batches, one on the links while the other computes */
} tr_layout;

/* Whether the model can be cut so: heads by tp, KV heads by tp or copied evenly, FFN and expert widths by
 * their slices, experts by ep, layers by pp, and no more chips than there are. Memory is not looked at.
 * Errors: TR_EMISSING (NULL), TR_EDOMAIN (a field out of range), TR_ENOFIT (not legal: the text says why).  [L1] */
TR_API tr_status tr_layout_check(const tr_model *model, const tr_system *system, const tr_layout *layout,
                                 tr_error *err);

/* As such models are usually served: tp over up to 8 chips of a domain and replicas beyond; a mixture on more
 * than 8 chips copies attention on each and spreads its experts. Where the weights do not fit so, the first
 * legal layout in which they do. Errors: as tr_roofline_of. On error *out is untouched.  [L2] */
TR_API tr_status tr_layout_default(const tr_model *model, const tr_system *system, const tr_dtypes *dtypes,
                                   tr_layout *out, tr_error *err);

/* All legal layouts that use every chip, tp rising, without overlap. *count is how many there are, also where
 * that is more than capacity (TR_ECAPACITY; the first `capacity` are written). Errors: TR_EMISSING. */
TR_API tr_status tr_layout_list(const tr_model *model, const tr_system *system, tr_layout *out, size_t capacity,
                                size_t *count, tr_error *err);

/* What one chip of the busiest stage holds. */
typedef struct tr_layout_memory {
    double weight_byte;
    double kv_byte_per_seq;  /* of one sequence of its own, at the context asked for, state included */
    double activation_byte;  /* of the tokens of a pass */
    double collective_byte;  /* buffers for what goes over links */
    double reserve_byte;     /* what engines leave alone: a tenth of the memory */
    double capacity_byte;
    double max_batch_seq;    /* whole system: what is left, over kv_byte_per_seq; 0 if not one, HUGE_VAL: no limit */
} tr_layout_memory;

/* context_token: cached per sequence, 0 to 1e12; pass_token: new tokens a rank takes in a pass, 1 to 1e12.
 * Errors: as tr_layout_check and tr_roofline_of. On error *out is untouched.  [L3] */
TR_API tr_status tr_layout_memory_of(const tr_model *model, const tr_system *system, const tr_layout *layout,
                                     const tr_dtypes *dtypes, double context_token, double pass_token,
                                     tr_layout_memory *out, tr_error *err);

/* ---- collectives ------------------------------------------------------------- */

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
    TR_COLLECTIVE_ALL_TO_ALL,    /* message_byte: what each sends to others */
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

/* One collective over group_chip chips, by the algorithm that is fastest at this size: alpha-beta. A link whose
 * bandwidth is not published is taken as 25 GB/s. group_chip 1 to 1e6, message_byte 0 to 1e30. Errors: TR_EMISSING, TR_EDOMAIN.
 * On error *out is untouched.  [L4] [L5] [L6] [L7] */
TR_API tr_status tr_collective_of(const tr_system *system, tr_collective_kind kind, double group_chip,
                                  double message_byte, tr_collective *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LAYOUT_H */
