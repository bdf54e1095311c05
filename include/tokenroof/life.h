/* tokenroof/life.h -- a model's life: what training and serving cost, how large it should be, what training keeps.
 *
 * Loss is in nats, parameters are those that multiply a token. Pure functions:
 * no globals, no allocation, no I/O; any thread may call them. [Kn] are the
 * entries of docs/equations.md. On error outputs are untouched; functions that
 * return a double give NaN out of range.
 */
#ifndef TOKENROOF_LIFE_H
#define TOKENROOF_LIFE_H

#include <tokenroof/base.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- loss by parameters and tokens; constants of data/laws ------------------------ */

/* loss = e + a N^-alpha + b D^-beta */
typedef struct tr_loss_law {
    double e_nat, a_ratio, b_ratio, alpha_ratio, beta_ratio; /* all > 0 */
} tr_loss_law;

typedef enum tr_loss_fit {
    TR_LOSS_FIT_HOFFMANN = 0,    /* as first published */
    TR_LOSS_FIT_EPOCH,           /* the replication that mended its constants */
    TR_LOSS_FIT_COUNT
} tr_loss_fit;
TR_API tr_loss_law tr_loss_law_of(tr_loss_fit fit);   /* past the end: all 0, which every function refuses */
/* [K20] */
TR_API double tr_loss_nat(const tr_loss_law *law, double param, double token);
/* The best split of a compute budget C = 6 N D.  [K21] Errors: TR_EDOMAIN. */
TR_API tr_status tr_loss_best_of(const tr_loss_law *law, double flop, double *param, double *token, tr_error *err);

/* ---- pre-training, reinforcement learning, serving ---------------------------------- */

/* How work becomes chip time: FLOPs a parameter and token, over the share of the peak that each kind reaches. */
typedef struct tr_life_terms {
    double rl_flop_per_param;    /* 2 (samples only) to 6 (all of them trained on) */
    double train_mfu, rl_mfu, serve_mfu; /* (0, 1] */
    double chip_flop_per_s;      /* datasheet peak, > 0 */
    double chip_usd_per_s;       /* >= 0 */
} tr_life_terms;

/* A life in tokens. */
typedef struct tr_life {
    double active_param;
    double train_token, rl_token, serve_token; /* >= 0 */
} tr_life;

typedef struct tr_life_cost {
    double train_chip_s, rl_chip_s, serve_chip_s, total_chip_s;
    double train_share, rl_share, serve_share; /* of the total; 0 where that is 0 */
    double total_usd;
} tr_life_cost;

/* [K25] Errors: TR_EDOMAIN. */
TR_API tr_status tr_life_cost_of(const tr_life *life, const tr_life_terms *terms, tr_life_cost *out, tr_error *err);

/* The size a lab would choose: of all models with the same loss, the cheapest to train and serve. */
typedef struct tr_life_choice {
    double active_param, train_token;
    double chip_s;               /* training and serving */
    double serve_share;
    double best_param, best_token; /* of that loss with the least training compute: nobody served */
    double best_chip_s;          /* what that one would cost, served as much */
    double equal_param;          /* where training costs as much as serving; NaN if nowhere */
    double equal_chip_s;
    double overtrain_ratio;      /* tokens a parameter over the law's own best for that size */
} tr_life_choice;

/* Minimise 6 N D(N) / mfu + 2 N serve / mfu over N at a fixed loss.  [K28]
 * Errors: TR_EDOMAIN; TR_ENOFIT (a loss that no size reaches). */
TR_API tr_status tr_life_choose(const tr_loss_law *law, double loss_nat, double serve_token,
                                const tr_life_terms *terms, tr_life_choice *out, tr_error *err);

/* ---- a model in training ------------------------------------------------------------- */

/* What a training step keeps of its forward pass. */
typedef enum tr_keep {
    TR_KEEP_ALL = 0,         /* ordinary: whatever the backward pass will ask for */
    TR_KEEP_CHECKPOINTS,     /* the state before every few layers; the rest is computed again */
    TR_KEEP_NOTHING,         /* reversible layers: each input is computed from its output */
    TR_KEEP_COUNT
} tr_keep;
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

/* ---- a model in use ------------------------------------------------------------------ */

/* Context at which attention's own multiplies equal those of the weights; HUGE_VAL if never below 1e12.  [K39] */
TR_API double tr_attention_wall_token(const tr_model *model);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LIFE_H */
