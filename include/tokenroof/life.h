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
#include <tokenroof/rate.h>

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

/* ---- the train: one machine's schedule ------------------------------------------------ */

/* What is asked of a machine that decodes. */
typedef struct tr_train_terms {
    tr_physics physics;          /* of `asked` below */
    int predicts;                /* 0: numbers on a blackboard, nothing is predicted */
    double batch_seq;            /* seats of a train, 1 to 1e9; 0: as many as pay, and memory holds */
    double context_token;        /* 0 to 1e12, of each rider */
    double answer_token;         /* rides of a request, 1 to 1e9 */
    double utilisation_share;    /* seats taken, 1e-9 to 1; the roof's price counts it in already */
    double world_token_per_s;    /* 0 to 1e30 */
} tr_train_terms;

/* What a period comes to. */
typedef struct tr_train_at {
    double period_s;             /* between departures: a step */
    double mean_wait_s, worst_wait_s; /* for a token, the ride included */
    double token_per_s;          /* with so many seats taken */
    double usd_per_mtoken;       /* who rides pays for the empty seats too; 0: no price */
    double machine_count;        /* for the world */
} tr_train_at;

typedef struct tr_train {
    double batch_seq;            /* seats: users needed to fill it */
    double room_seq;             /* that memory holds at this context; HUGE_VAL: not limited */
    double balance_seq;          /* from which more seats make no token cheaper; HUGE_VAL: none does */
    int fits;                    /* 0: not one sequence does, and `asked` is the bound of a batch of 1 */
    double drain_s;              /* the memory read once: the period of a full one by the bound; HUGE_VAL: not limited */
    double taken_seq, idle_seq;  /* seats on an average train */
    double boarding_request;     /* that board each train, and leave it */
    double idle_share;           /* of usd_per_mtoken: for empty seats */
    tr_limit limit;              /* of a step by the physics asked for */
    tr_train_at asked, bound;
    tr_train_at predicted, low, high; /* fitted, and at both ends of the period's interval; NaN: not predicted */
} tr_train;

/* The schedule of a machine: a train leaves as each step ends, with the smallest of the batch asked for, the balance and
 * what memory holds on board. calibration: of the chip and engine; NULL: nothing is predicted. Pure; any thread.
 * Errors: TR_EDOMAIN, TR_EMISSING (fitted physics without a calibration), those of tr_pass_step. On error *out is untouched.  [K29] */
TR_API tr_status tr_train_of(const tr_train_terms *terms, const tr_roofline *roof, const tr_shard *shard,
                             const tr_calibration *calibration, tr_train *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_LIFE_H */
