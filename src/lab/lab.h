/* lab/lab.h -- layers that run backwards, run for real: a cipher, a stack, and the experiment made of them.
 *
 * A Feistel network over bytes, RevNet layers over integers and floats, and a
 * small stack trained three ways with its memory counted, all over the
 * caller's buffers. Pure functions: no globals, no allocation, no I/O, no
 * clock; any thread may call them. [Kn] are the entries of docs/equations.md.
 * On error outputs are untouched, unless a function says otherwise.
 */
#ifndef TOKENROOF_SRC_LAB_LAB_H
#define TOKENROOF_SRC_LAB_LAB_H

#include <tokenroof/ask.h>
#include <tokenroof/verb.h>
#include <tokenroof/claims.h>
#include <tokenroof/life.h>

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
tr_status tr_feistel_encrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err);
tr_status tr_feistel_decrypt(const tr_feistel *cipher, unsigned char *block, size_t size, tr_error *err);

/* Mean share of bits that differ after each of rounds+1 stages (0: the message itself) between messages that
 * differ in one random bit; y holds rounds + 1 numbers, work 2 * size bytes.  Errors: as above; samples 1..1e6. */
tr_status tr_feistel_avalanche(const tr_feistel *cipher, size_t size, size_t samples, unsigned char *work,
                               double *y, tr_error *err);

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
size_t tr_stack_params(const tr_stack *stack);
size_t tr_stack_states(const tr_stack *stack);
/* Draw parameters and a state from the seed: all rows of the first stream, then all of the second.
 * Errors: TR_EDOMAIN. */
tr_status tr_stack_draw(const tr_stack *stack, double *param, double *x, tr_error *err);

/* In what numbers the state is kept: rounded to these after every addition. */
typedef enum tr_form { TR_FORM_INT64 = 0, TR_FORM_FP64, TR_FORM_FP32, TR_FORM_BF16, TR_FORM_COUNT } tr_form;
const char *tr_form_name(tr_form form); /* "int64", "fp64", "fp32", "bf16"; "unknown" */

/* All layers in place, and back. FP64, FP32, BF16: the way back ends near where it began. */
tr_status tr_revnet_forward(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err);
tr_status tr_revnet_inverse(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err);
/* The same over integers that wrap around, with F and G rounded to integers: exact in every bit. */
tr_status tr_revnet_forward_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err);
tr_status tr_revnet_inverse_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err);

/* Forward and back from x: the largest error over the largest number. work as large as x.
 * INT64 takes x in units of 2^-32. Errors: TR_EDOMAIN. */
tr_status tr_revnet_drift(const tr_stack *stack, const double *param, const double *x, tr_form form,
                          void *work, double *drift_ratio, tr_error *err);

/* How far two runs are apart after each layer that began offset_ratio apart, as a share of the distance of
 * unrelated states, |a - b| / sqrt(|a|^2 + |b|^2). y holds layers + 1 numbers, work two states. */
tr_status tr_stack_growth(const tr_stack *stack, const double *param, const double *x, double offset_ratio,
                          void *work, double *y, tr_error *err);

/* ---- trained, three ways ------------------------------------------------------ */

typedef struct tr_stack_run {
    double loss_ratio;       /* half the mean square of the last state */
    double peak_byte;        /* most of the work area in use at once, counted as it was taken */
    double flop;             /* of the matrix multiplies, counted as they were done */
} tr_stack_run;

/* Work area that a way takes, to the byte.  [K53] 0 for a stack out of range. */
size_t tr_stack_train_byte(const tr_stack *stack, tr_keep keep);
/* One forward and backward pass from x; gradient_per_param is overwritten. work is aligned for double.
 * Errors: TR_ECAPACITY (work is too small), TR_EDOMAIN. */
tr_status tr_stack_train(const tr_stack *stack, const double *param, const double *x, tr_keep keep,
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
size_t tr_lab_byte(const tr_stack *stack, size_t block);
/* Errors: TR_EDOMAIN, TR_ECAPACITY. */
tr_status tr_lab_run(const tr_stack *stack, const tr_feistel *cipher, size_t block, void *work,
                     size_t work_size, tr_lab *out, tr_error *err);

/* ---- told and drawn: the verb `reversible`, and the claims that experiments answer ------ */

/* The experiment of `reversible` that a scenario asks for: tr_lab_run takes all three. */
void tr_answer_lab_inputs(const tr_scenario *scenario, tr_stack *stack, tr_feistel *cipher, size_t *block);

/* Memory for compute: what training keeps of a model's forward pass three ways, with the batch and depth that
 * buys, and the KV cache as its mirror image; and what the experiment found. question NULL: the experiment alone.
 * Rows are the ways. Errors: TR_EMISSING (a model without layers), TR_EDOMAIN, TR_EIO. */
tr_status tr_answer_reversible(const tr_scenario *scenario, const tr_problem *question, const tr_lab *lab,
                               const tr_style *style, tr_sink *sink, tr_error *err);
/* Memory against compute: the ways to train, and decoding with a cache and without. Errors: as above. */
tr_status tr_answer_figure_mirror(const tr_scenario *scenario, const tr_problem *question,
                                  const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* How far two runs part: a cipher's bits over rounds, a residual stack's states over layers. Errors: TR_EIO. */
tr_status tr_answer_figure_avalanche(const tr_lab *lab, const tr_figure_target *target, tr_sink *sink,
                                     tr_error *err);

/* A subject's `elsewhere`: both pictures, "" the mirror, and "-avalanche" after the experiment that the scenario asks
 * for. Allocates and frees. Errors: TR_EUNKNOWN (another verb's), TR_ENOMEM, as above. */
tr_status tr_lab_draw(const tr_verb *verb, const char *suffix, const tr_subject *subject,
                      const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* A claim's question that runs an experiment ("feistel_back_share", "revnet_drift_ratio"), as tr_claim_compute asks it.
 * Errors: TR_EUNKNOWN (no such question), TR_EMISSING, TR_EPARSE, TR_EDOMAIN. */
tr_status tr_lab_claim(const char *asks, const char *with, tr_claim_answer *out, tr_error *err);

#endif
