/* ask/scale.h -- what `scale` answers, part by part, before it is written or drawn. */
#ifndef TOKENROOF_SRC_ASK_SCALE_H
#define TOKENROOF_SRC_ASK_SCALE_H

#include <tokenroof/ask.h>

#include "ask/day_row.h"
#include "ask/step_row.h"
#include "ask/train_row.h"
#include "life/loss_law.h"
#include "life/racks.h"
#include "write/field.h"

/* As --part has them. */
enum { TR_SCALE_ALL = 0, TR_SCALE_TRAIN, TR_SCALE_DOMAIN, TR_SCALE_SYSTEMS, TR_SCALE_MOE, TR_SCALE_PIPELINE,
       TR_SCALE_SPARSITY, TR_SCALE_ATTENTION, TR_SCALE_WALL, TR_SCALE_DAY };
enum { TR_SCALE_WALLS = 5 };

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

/* One scale-up domain: how soon it reads the weights, and what it then gives with as many users as fill it (K29). */
typedef struct tr_scale_domain {
    const tr_problem *question;  /* first: the one asked */
    char name[64];
    tr_system system;            /* the chips of one domain */
    int own;                     /* of the system asked */
    double weight_byte, fetch_s; /* read once */
    int holds;                   /* the weights, by its memory alone */
    /* From here on as tr_scale_domain_serve fills it. */
    tr_train_row train;          /* points into nothing but this row and what outlives it; its question: NULL */
    int serves;
    tr_quantity token_s, usd_per_mtoken;
    tr_error why;                /* where it does not serve */
} tr_scale_domain;
/* Every catalog system, and the one asked, by the time one domain needs to read the weights once. Allocates *out;
 * free() it. Errors: TR_ENOMEM. */
tr_status tr_scale_domains(const tr_scale_terms *terms, tr_scale_domain **out, size_t *count, tr_error *err);
/* The model on it, at its own price, in its best layout: what is told of counts, ranks and the price of a chip-hour
 * is of the system asked. Allocates and frees. Errors: TR_ENOMEM; what does not serve says why in the row. */
tr_status tr_scale_domain_serve(const tr_scenario *scenario, tr_scale_domain *row, tr_error *err);
extern const tr_fields tr_scale_domain_fields, tr_scale_served_fields; /* before and after */
void tr_scale_domains_text(const tr_scale_domain *row, size_t count, int served, int columns, tr_writer *out);

/* Bytes of an element on its way: sent in FP8, brought back in BF16, as DeepSeek's library does. */
enum { TR_DISPATCH_BYTE = 1, TR_COMBINE_BYTE = 2, TR_SCALE_BATCHES = 16 };
typedef struct tr_scale_moe {
    const tr_problem *question;  /* first */
    int is_mixture;
    double experts, experts_active, layers, group_chip, experts_per_chip, token_byte, leaving_share;
    double batch_seq, domain_seq, rack_count;
    double copy_count;           /* domains that a batch is shared out to */
    double scaleup_s, scaleout_s, link_ratio, stage_over_hop_ratio;
    double balance_seq;          /* without KV; HUGE_VAL: none */
    double max_batch_seq;        /* that fit; HUGE_VAL: nothing limits it */
    double batch[TR_SCALE_BATCHES]; /* of its rows: the one asked; else powers of four, the balance, and what fits */
    size_t batches;
} tr_scale_moe;
void tr_scale_moe_of(const tr_scale_terms *terms, tr_scale_moe *out);
extern const tr_fields tr_scale_moe_fields; /* all below "moe" */
/* A batch of it. */
typedef struct tr_scale_experts {
    const tr_problem *question;  /* first */
    const tr_scale_moe *moe;
    tr_step_row pass;
    double batch_seq, replica_seq; /* of them on each copy of the model */
    double touched_share;        /* of a layer's experts; R4 */
    double token_per_expert;     /* K105 */
    double exchange_s;           /* K33, over the scale-up links; NaN: their rate is not published */
    double weights_s;            /* of the bound */
    tr_quantity step_s, usd_per_mtoken;
} tr_scale_experts;
void tr_scale_experts_of(const tr_scale_moe *moe, double batch_seq, tr_scale_experts *out);
extern const tr_fields tr_scale_experts_fields;
extern const tr_fields tr_scale_experts_columns; /* for a table that has columns of others too */
void tr_scale_moe_text(const tr_scale_moe *moe, int with_rows, int columns, tr_writer *out);

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
    int has_layout, fits, runs;  /* runs: it fits, and its time is known */
    int link_unknown;            /* no rate is published for a link that it needs */
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
tr_status tr_figure_moe(const tr_scale_terms *terms, const tr_figure_target *target, tr_sink *sink, tr_error *err);
tr_status tr_figure_systems(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_figure_target *target,
                            tr_sink *sink, tr_error *err);
tr_status tr_figure_attention(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_figure_target *target,
                              tr_sink *sink, tr_error *err);

typedef struct tr_scale_wall {
    char name[TR_NAME_MAX], attention[24];
    double batch_seq;
    double bandwidth_token, capacity_token, compute_token, limit_token;
} tr_scale_wall;
/* The asked model, then one of each kind of attention, each in its own best layout. Allocates and frees. Errors: as
 * tr_problem_of. */
tr_status tr_scale_walls(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_wall *out,
                         size_t *count, tr_error *err);

/* ---- the whole answer ------------------------------------------------------------------------------------ */

typedef struct tr_scale_answer {
    const tr_scenario *scenario;
    int part;
    tr_scale_terms terms;
    tr_train_row train;
    int has_train, has_day;      /* they are asked for, and one sequence fits */
    tr_error no_train;           /* else why not */
    tr_day_row day;
    tr_scale_moe moe;
    tr_scale_wall wall[TR_SCALE_WALLS];
    size_t domains, walls;
    tr_scale_domain *domain;     /* of what follows, what is not asked for is NULL */
    tr_scale_doubles *doubles;
    tr_scale_pipeline *pipeline;
    tr_scale_attention *attention; /* NULL also where no cache grows */
    tr_error no_attention;       /* then why */
    tr_scale_sparse sparse;      /* the row looked at last; so is the next */
    tr_scale_experts experts;
} tr_scale_answer;
int tr_scale_asks(int part, int of); /* for itself, or with all */
struct tr_workings;              /* ask/working.h */
/* The equations of the parts asked for. */
void tr_scale_workings(const tr_scale_answer *answer, struct tr_workings *out);

#endif
