/* ask/whatif.h -- one input of a question changed, and the question asked again. */
#ifndef TOKENROOF_SRC_ASK_WHATIF_H
#define TOKENROOF_SRC_ASK_WHATIF_H

#include "ask/compare.h"

/* What a change is of. */
typedef enum tr_change_kind { TR_CHANGE_SYSTEM = 0, TR_CHANGE_MODEL, TR_CHANGE_LOAD } tr_change_kind;
const char *tr_change_kind_name(tr_change_kind kind); /* "system", "model", "load" */

/* An input that may be changed, and by what. */
typedef struct tr_change {
    const char *input;           /* "bandwidth" */
    tr_change_kind kind;
    const char *key;             /* behind the system's or the model's name: "bw"; "chips" and "domain" count chips */
    tr_input_id id;              /* of a load; concurrency stands for whatever says how many requests there are */
} tr_change;
size_t tr_change_count(void);
const tr_change *tr_change_at(size_t index);

/* The questions that have names. index is that of --question. */
typedef struct tr_named_change {
    const char *name;            /* "10x-bandwidth" */
    const char *input;
    double factor;
} tr_named_change;
const tr_named_change *tr_named_change_at(size_t index); /* NULL past the end */
const tr_named_change *tr_named_change_of(const char *input, double factor); /* NULL: has none */

/* The question with one input changed; what it stands on is in it. Opaque but for this; end it. */
typedef struct tr_changed {
    tr_scenario *scenario;
    tr_model model;
    tr_system system;
    tr_problem problem;
    const char *input;           /* the change's, or of a load the option that was changed */
    char how[320];               /* what to type: "8xh100-sxm,bw=2x", "--isl 16384" */
} tr_changed;
/* Allocates. Errors: TR_EMISSING where the question has no such figure (then there is nothing to ask), and whatever a
 * question with that change is refused with. */
tr_status tr_changed_of(const tr_scenario *scenario, const tr_problem *question, const tr_change *change, double factor,
                        tr_changed **out, tr_error *err);
void tr_changed_end(tr_changed *changed); /* NULL is fine */

/* What came of it. */
typedef struct tr_whatif_row {
    const tr_problem *asked;     /* first: the question before the change names the row */
    const tr_change *change;
    const char *input;           /* as tr_changed has it */
    double factor;
    const char *question;        /* its name; NULL: has none */
    char how[320];
    int fits;
    tr_status status;            /* that of reason; TR_OK where it fits */
    char reason[400];            /* why there is no answer */
    tr_quantity metric[TR_METRIC_COUNT];
    double ratio[TR_METRIC_COUNT], bound_ratio[TR_METRIC_COUNT]; /* over the question as asked */
    double most_ratio;           /* of the largest rate that holds */
    double gain;                 /* tokens/s; where arrivals are given how soon a request is done, or where they queue
                                  * without end the rate that holds; 0: no answer */
    const char *limit;
} tr_whatif_row;

enum { TR_WHATIF_MAX = 64 };
typedef struct tr_whatif {
    tr_predict_walk *walk;
    const tr_predict_row *base;  /* as asked */
    tr_quantity metric[TR_METRIC_COUNT];
    tr_whatif_row row[TR_WHATIF_MAX]; /* the most gain first */
    size_t count;
} tr_whatif;
/* Every input x2, x10 and /2. End it. Errors: those of tr_predict_walk_begin, TR_ENOMEM. */
tr_status tr_whatif_begin(const tr_scenario *scenario, const tr_problem *question, tr_whatif **out, tr_error *err);
void tr_whatif_end(tr_whatif *whatif); /* NULL is fine */
extern const double tr_whatif_factor[3];

#endif
