/* tokenroof/reversible.h -- layers that can be run backwards: memory saved, compute paid.
 *
 * What a training step keeps for its backward pass, three ways; the batch and
 * depth that buys; and the trick itself, run for real over the caller's
 * buffers: a Feistel network over bytes, RevNet layers over integers and
 * floats, and a small stack trained all three ways with its memory counted.
 *
 * Pure functions: no globals, no allocation, no I/O, no clock; any thread may
 * call them. [Kn] are the entries of docs/equations.md. On error outputs are
 * untouched, unless a function says otherwise.
 */
#ifndef TOKENROOF_REVERSIBLE_H
#define TOKENROOF_REVERSIBLE_H

#include <tokenroof/base.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a training step keeps of its forward pass. */
typedef enum tr_keep {
    TR_KEEP_ALL = 0,         /* ordinary: whatever the backward pass will ask for */
    TR_KEEP_CHECKPOINTS,     /* the state before every few layers; the rest is computed again */
    TR_KEEP_NOTHING,         /* reversible layers: each input is computed from its output */
    TR_KEEP_COUNT
} tr_keep;
TR_API const char *tr_keep_name(tr_keep keep); /* "ordinary", "checkpointed", "reversible"; "unknown" */

/* FLOPs of a training step over those of the ordinary one: a forward pass is 1, a backward 2, and the two
 * ways that recompute pay one forward more.  [K48] NaN for no way. */
TR_API double tr_keep_compute_ratio(tr_keep keep);

/* ---- a model in training ------------------------------------------------------ */

typedef struct tr_train_numbers {
    double state_byte_per_param;     /* weights, gradients and optimizer together; 0 to 1024 */
    double activation_elem_byte;     /* one kept number, > 0 to 64 */
    double sequence_token;           /* 1 to 1e9 */
    double memory_byte;              /* of all chips, over which everything is spread; > 0, HUGE_VAL = not limited */
} tr_train_numbers;

typedef struct tr_train_memory {
    double state_byte;               /* weights, gradients, optimizer */
    double free_byte;                /* what they leave; below 0: they do not fit */
    double layer_count;              /* layers with weights of their own */
    double stream_byte_per_token;    /* the residual stream: one number for each hidden dimension */
    double mean_layer_byte_per_token;    /* what a layer's backward pass asks for  [K45] */
    double widest_layer_byte_per_token;  /* the largest of them */
    double segment_layer;            /* layers between checkpoints: what keeps least  [K46] */
    double kept_byte_per_token[TR_KEEP_COUNT];
    double batch_seq[TR_KEEP_COUNT];     /* whole sequences that fit; HUGE_VAL: not limited  [K49] */
    double depth_layer[TR_KEEP_COUNT];   /* layers of this model's mean size that fit with one sequence  [K49] */
} tr_train_memory;

/* Errors: TR_EMISSING (a model given in numbers has no layers), TR_EDOMAIN. */
TR_API tr_status tr_train_memory_of(const tr_model *model, const tr_train_numbers *numbers, tr_train_memory *out,
                                    tr_error *err);

/* The mirror image: a KV cache keeps to save compute. Of one decoded token at a context.  [K47] */
typedef struct tr_kv_mirror {
    double cached_byte_per_token;    /* kept for each token of context */
    double again_byte_per_token;     /* held while all of it is computed again: the stream and one layer's rows */
    double compute_ratio;            /* FLOPs of computing the context again over those of the one token */
} tr_kv_mirror;
/* kv_elem_byte as in tr_model_kv_store_byte; context_token 1 to 1e9. Errors: TR_EMISSING, TR_EDOMAIN. */
TR_API tr_status tr_kv_mirror_of(const tr_model *model, double context_token, double kv_elem_byte,
                                 tr_kv_mirror *out, tr_error *err);

/* ---- a Feistel network over bytes ---------------------------------------------- */

/* Two halves; each round adds to one half a keyed function of the other, which
 * need not be invertible. A demonstration: nobody has tried to break it, so
 * nothing should be kept secret with it.  [K50] */
typedef struct tr_feistel {
    uint64_t key;
    int rounds;              /* 1..TR_FEISTEL_ROUND_MAX */
    int reach;               /* bytes of one half that a byte of the other depends on in a round; 0: all */
} tr_feistel;
#define TR_FEISTEL_ROUND_MAX 64
#define TR_FEISTEL_BLOCK_MAX 65536

/* In place, size 2..TR_FEISTEL_BLOCK_MAX bytes; an odd size makes the second half the longer one.
 * Errors: TR_EDOMAIN (rounds, reach, size), TR_EMISSING (NULL). */
TR_API tr_status tr_feistel_encrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err);
TR_API tr_status tr_feistel_decrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err);

/* Mean share of bits that differ after each of rounds+1 stages (0: the message itself) between messages that
 * differ in one random bit; y holds rounds + 1 numbers, work 2 * size bytes.  Errors: as above; samples 1..1e6. */
TR_API tr_status tr_feistel_avalanche(const tr_feistel *cipher, size_t size, size_t samples, unsigned char *work,
                                      double *y, tr_error *err);
/* What an ideal round function with full reach would give: 1/2 from the third round on.  [K51]
 * NaN for a size below 2 or rounds below 0. */
TR_API double tr_feistel_ideal_share(size_t size, int rounds);

/* ---- RevNet layers, and a stack of them ------------------------------------------ */

/* A stack of reversible layers, each y1 = x1 + F(x2), y2 = x2 + G(y1) with F and
 * G a dense layer and a rational nonlinearity, z / sqrt(1 + z^2).  [K52] */
typedef struct tr_stack {
    size_t layers;           /* 1..TR_STACK_LAYER_MAX */
    size_t width;            /* of one of the two streams, 1..TR_STACK_WIDTH_MAX */
    size_t batch;            /* rows, 1..TR_STACK_BATCH_MAX */
    uint64_t seed;
    double gain_ratio;       /* weights are drawn with a variance of gain^2 / width; 0 to 4 */
} tr_stack;
#define TR_STACK_LAYER_MAX 256
#define TR_STACK_WIDTH_MAX 256
#define TR_STACK_BATCH_MAX 256

/* Numbers in the stack's parameters (and in their gradient), and in its state; 0 for a stack out of range. */
TR_API size_t tr_stack_params(const tr_stack *stack);
TR_API size_t tr_stack_states(const tr_stack *stack);
/* Draw parameters and a state from the seed: all rows of the first stream, then all of the second. Errors: TR_EDOMAIN. */
TR_API tr_status tr_stack_draw(const tr_stack *stack, double *param, double *x, tr_error *err);

/* In what numbers the state is kept: rounded to these after every addition. */
typedef enum tr_form { TR_FORM_INT64 = 0, TR_FORM_FP64, TR_FORM_FP32, TR_FORM_BF16, TR_FORM_COUNT } tr_form;
TR_API const char *tr_form_name(tr_form form); /* "int64", "fp64", "fp32", "bf16"; "unknown" */

/* All layers in place, and back. FP64, FP32, BF16: the way back ends near where it began. */
TR_API tr_status tr_revnet_forward(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err);
TR_API tr_status tr_revnet_inverse(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err);
/* The same over integers that wrap around, with F and G rounded to integers: exact in every bit. */
TR_API tr_status tr_revnet_forward_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err);
TR_API tr_status tr_revnet_inverse_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err);

/* Forward and back from x: the largest error over the largest number. work as large as x.
 * INT64 takes x in units of 2^-32. Errors: TR_EDOMAIN. */
TR_API tr_status tr_revnet_drift(const tr_stack *stack, const double *param, const double *x, tr_form form,
                                 void *work, double *drift_ratio, tr_error *err);

/* How far two runs are apart after each layer that began offset_ratio apart, as a share of the distance of
 * unrelated states, |a - b| / sqrt(|a|^2 + |b|^2). y holds layers + 1 numbers, work two states. */
TR_API tr_status tr_stack_growth(const tr_stack *stack, const double *param, const double *x, double offset_ratio,
                                 void *work, double *y, tr_error *err);
/* By how much a layer of this gain can stretch a difference in the mean.  [K54] NaN below 0. */
TR_API double tr_stack_growth_ratio(double gain_ratio);

/* ---- trained, three ways ------------------------------------------------------ */

typedef struct tr_stack_run {
    double loss_ratio;       /* half the mean square of the last state */
    double peak_byte;        /* most of the work area in use at once, counted as it was taken */
    double flop;             /* of the matrix multiplies, counted as they were done */
} tr_stack_run;

/* Work area that a way takes, to the byte.  [K53] 0 for a stack out of range. */
TR_API size_t tr_stack_train_byte(const tr_stack *stack, tr_keep keep);
/* Layers between its checkpoints. */
TR_API size_t tr_stack_segment(const tr_stack *stack);
/* One forward and backward pass from x; gradient_per_param is overwritten. work is aligned for double.
 * Errors: TR_ECAPACITY (work is too small), TR_EDOMAIN. */
TR_API tr_status tr_stack_train(const tr_stack *stack, const double *param, const double *x, tr_keep keep,
                                void *work, size_t work_size, double *gradient_per_param, tr_stack_run *out,
                                tr_error *err);

/* ---- all of it as one experiment ------------------------------------------------- */

#define TR_LAB_DEPTH_MAX 9   /* 1, 2, 4 ... TR_STACK_LAYER_MAX */
typedef struct tr_lab {
    tr_stack stack;
    tr_feistel cipher;       /* with full reach; the other has a reach of 2 */
    size_t block;            /* bytes */
    size_t samples;          /* messages, each of its own random bits */
    size_t inverted;         /* of them, those that decryption gave back */
    double flip_share[TR_FEISTEL_ROUND_MAX + 1];
    double ideal_share[TR_FEISTEL_ROUND_MAX + 1];
    double local_flip_share[TR_FEISTEL_ROUND_MAX + 1];
    double apart_share[TR_STACK_LAYER_MAX + 1];      /* of the stack, from where the cipher begins */
    double apart_limit_share[TR_STACK_LAYER_MAX + 1]; /* the same by the growth that the gain allows */
    size_t depths;
    size_t depth[TR_LAB_DEPTH_MAX];
    double drift_ratio[TR_LAB_DEPTH_MAX][TR_FORM_COUNT];
    double predicted_byte[TR_KEEP_COUNT];
    tr_stack_run run[TR_KEEP_COUNT];
    double gradient_error_ratio[TR_KEEP_COUNT];      /* against the ordinary way: largest error over largest number */
    double time_s[TR_KEEP_COUNT];                    /* NaN: nobody measured it */
} tr_lab;

/* Bytes of work that tr_lab_run needs; 0 for a stack out of range. */
TR_API size_t tr_lab_byte(const tr_stack *stack, size_t block);
/* Errors: TR_EDOMAIN, TR_ECAPACITY. */
TR_API tr_status tr_lab_run(const tr_stack *stack, const tr_feistel *cipher, size_t block, void *work,
                            size_t work_size, tr_lab *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_REVERSIBLE_H */
