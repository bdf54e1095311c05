/* ask/scale.h -- what `scale` answers, part by part, before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_SCALE_H
#define TOKENROOF_SRC_ASK_SCALE_H

#include <tokenroof/ask.h>

#include "ask/train_row.h"
#include "life/loss_law.h"
#include "life/racks.h"
#include "write/field.h"

/* As --part has them. */
enum { TR_SCALE_ALL = 0, TR_SCALE_TRAIN, TR_SCALE_DOMAIN, TR_SCALE_SYSTEMS, TR_SCALE_MOE, TR_SCALE_PIPELINE,
       TR_SCALE_SPARSITY, TR_SCALE_ATTENTION, TR_SCALE_WALL, TR_SCALE_DAY };
enum { TR_SCALE_ROWS = 64, TR_SCALE_WALLS = 5 };

/* What the parts share. */
typedef struct tr_scale_terms {
    const tr_problem *question;
    double batch_seq, context_token; /* batch: as asked, else the balance without KV */
    double domain_seq;               /* of them on one domain: all that were asked, else the balance of one replica */
    int batch_asked;
    double hop_s;                    /* NaN: as long as the links take */
    double micro_batch_count, rack_count;
} tr_scale_terms;
void tr_scale_terms_of(const tr_scenario *scenario, const tr_problem *question, tr_scale_terms *out);

typedef struct tr_scale_domain {
    char name[64];
    double chips, byte_per_s, memory_byte, fetch_s, year;
    int holds;
} tr_scale_domain;
/* Every catalog system by the time one domain needs to read the weights once. Returns how many. */
size_t tr_scale_domains(const tr_scale_terms *terms, tr_scale_domain *out, size_t capacity);

/* Bytes of an element on its way: sent in FP8, brought back in BF16, as DeepSeek's library does. */
enum { TR_DISPATCH_BYTE = 1, TR_COMBINE_BYTE = 2 };
typedef struct tr_scale_moe {
    int is_mixture;
    double experts, experts_active, layers, group_chip, experts_per_chip, token_byte, leaving_share;
    double scaleup_s, scaleout_s, link_ratio, stage_over_hop_ratio;
} tr_scale_moe;
void tr_scale_moe_of(const tr_scale_terms *terms, tr_scale_moe *out);

/* Cache and state of one sequence, all chips. */
double tr_scale_seq_byte(const tr_scale_terms *terms);
/* What a chip has for weights and caches, beside activations, buffers and the engine's reserve. */
double tr_scale_room_byte(const tr_problem *question);

/* A number of boxes, each as large as the system, and a model cut over them: into stages, or across all chips. */
typedef struct tr_scale_stage {
    const tr_problem *question;  /* first, and `in` */
    tr_system system;            /* the boxes: each keeps its scale-up domain */
    tr_problem in;               /* in the layout that gives the most tokens a second, of those that fit */
    double stages;               /* boxes */
    int across;                  /* 1: no stages, one instance spans all chips */
    int needed;                  /* the fewest boxes that hold the model */
    int has_layout, fits;
    char layout_text[64];        /* "tp 8, pp 2" */
    tr_error why;                /* where it does not fit, or has no time */
    double batch_seq;            /* in flight: what was asked for a stage times the stages, or as much as fits */
    double max_batch_seq;        /* in flight */
    double weight_byte, kv_byte, chip_byte, memory_byte; /* of a chip; chip_byte with activations and buffers */
    int hop_leaves;              /* hops take the scale-out link */
    double hops_s;               /* of a token's way through all stages */
    double bubble_share, idle_share;
    tr_quantity token_s, token_per_s, usd_per_mtoken; /* of all boxes; NaN: no time */
} tr_scale_stage;

typedef struct tr_scale_pipeline {
    const tr_scenario *scenario;
    const tr_scale_terms *terms;
    double *boxes;               /* of each row in stages; rows across follow, one for each number above 1 */
    size_t count, rows;
    double need_box;             /* the fewest that hold one sequence; 0: no number does */
    tr_scale_stage row;          /* the one looked at last */
} tr_scale_pipeline;
/* The stages asked for; where none are, the usual numbers and the one that is needed. Allocates; end it. Errors:
 * TR_ENOMEM. */
tr_status tr_scale_pipeline_begin(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_pipeline **out,
                                  tr_error *err);
void tr_scale_pipeline_end(tr_scale_pipeline *pipeline); /* NULL is fine */
/* The index-th row, valid until the next call. One that does not fit says so, and why. Errors: TR_EDOMAIN. */
const void *tr_scale_pipeline_at(void *pipeline, size_t index, tr_error *err);
/* The row's layout with another number of sequences in flight: FALSE where that does not fit. */
int tr_scale_stage_with(const tr_scale_pipeline *pipeline, tr_scale_stage *row, double batch_seq);
extern const tr_fields tr_scale_stage_fields;
struct tr_workings; /* ask/working.h */
void tr_scale_pipeline_workings(const tr_scale_pipeline *pipeline, struct tr_workings *out);
tr_status tr_scale_pipeline_text(tr_scale_pipeline *pipeline, tr_writer *out, tr_error *err);

/* What one figure of the system doubled gives this model at this context: with the batch asked for, else with as many
 * sequences as pay without a cache; or as many as fit. */
enum { TR_SCALE_DOUBLES = 7 };
typedef struct tr_scale_double {
    const tr_problem *question;  /* first: the one asked, whose price it is by */
    double usd_per_hour;         /* of the system as changed; NaN: no price is known */
    char name[24];               /* "as it is", "domain x2" */
    char how[320];               /* what to type */
    char layout_text[64];        /* that gives the most tokens a second */
    int fits;
    char reason[400];            /* why it does not, or what there is not to double */
    double batch_seq, max_batch_seq, max_context_token; /* the context at the batch of the first row */
    tr_quantity token_s, token_per_s, usd_per_mtoken;
    double ratio, bound_ratio, usd_ratio, usd_bound_ratio; /* over the first row */
    tr_step bound, predicted;
    int agrees;                  /* bound and prediction agree on the sign of both */
    char why[400];               /* where they do not */
} tr_scale_double;
typedef struct tr_scale_doubles {
    double context_token;
    size_t count;
    tr_scale_double row[TR_SCALE_DOUBLES]; /* the system as it is first */
} tr_scale_doubles;
/* Allocates; free() it. Errors: TR_ENOMEM, those of tr_problem_of. */
tr_status tr_scale_doubles_of(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_doubles **out,
                              tr_error *err);
extern const tr_fields tr_scale_double_fields;
void tr_scale_doubles_text(const tr_scale_doubles *doubles, int columns, tr_writer *out);

/* This size with 1, 2, 4 ... experts, of which a token uses one: the routed scaling law's gain, and what has to be
 * filled for it. */
typedef struct tr_scale_sparse {
    double experts, active_param, log10_loss, dense_param, stored_param, weight_byte;
    double balance_seq, balance_context_seq; /* users from which reading weights is hidden: without a cache, and with */
    double room_seq;             /* users whose cache fits beside the weights */
    int fits, fills;             /* the weights; and as many users as the balance asks for */
} tr_scale_sparse;
size_t tr_scale_sparse_count(void);
void tr_scale_sparse_of(const tr_scale_terms *terms, size_t index, tr_scale_sparse *out);
extern const tr_fields tr_scale_sparse_fields;
void tr_scale_sparse_text(const tr_scale_terms *terms, int columns, tr_writer *out);

/* One model whose attention reads all its rows, those that an index picks, or compressed ones, over context. */
enum { TR_SCALE_WAYS = 3, TR_SCALE_CONTEXTS = 8 };
typedef struct tr_scale_way {
    int own;                     /* 1: as the model is */
    tr_model model;              /* where it is not */
    tr_problem problem;          /* in the question's layout */
} tr_scale_way;
struct tr_scale_attention;
typedef struct tr_scale_look {
    const struct tr_scale_attention *attention;
    int way, own, fits;
    double context_token, read_byte, store_byte, flop; /* of one sequence and one token */
    double max_batch_seq;
    tr_quantity step_s;          /* NaN where the batch does not fit */
    tr_error why;
} tr_scale_look;
typedef struct tr_scale_attention {
    double batch_seq;            /* as asked, else 16 */
    double context_token[TR_SCALE_CONTEXTS];
    size_t contexts;
    tr_scale_way way[TR_SCALE_WAYS];
    tr_scale_look row;           /* the one looked at last */
} tr_scale_attention;
/* Allocates; free() it. Errors: TR_EMISSING (no cache grows with the context), those of tr_question_in. */
tr_status tr_scale_attention_begin(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_attention **out,
                                   tr_error *err);
void tr_scale_look_at(const tr_scale_attention *attention, int way, double context_token, tr_scale_look *out);
const void *tr_scale_attention_at(void *attention, size_t index, tr_error *err);
extern const tr_fields tr_scale_look_fields;
void tr_scale_attention_text(tr_scale_attention *attention, tr_writer *out);

/* Pictures of one part. Allocate and free. Errors: those of the part, TR_ENOFIT (nothing fits), of tr_figure_draw. */
tr_status tr_figure_doubles(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_figure_target *target,
                            tr_sink *sink, tr_error *err);
tr_status tr_figure_pipeline(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_figure_target *target,
                             tr_sink *sink, tr_error *err);
tr_status tr_figure_sparsity(const tr_scale_terms *terms, const tr_figure_target *target, tr_sink *sink, tr_error *err);
tr_status tr_figure_attention(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_figure_target *target,
                              tr_sink *sink, tr_error *err);

typedef struct tr_scale_wall {
    char name[TR_NAME_MAX], attention[24];
    double bandwidth_token, capacity_token, compute_token, limit_token;
} tr_scale_wall;
/* The asked model, then one of each kind of attention, each in its own best layout. Allocates and frees. Errors: as
 * tr_problem_of. */
tr_status tr_scale_walls(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_wall *out,
                         size_t *count, tr_error *err);

#endif
