/* ask/report.h -- the figures of one report, gathered before they are written in either form. */
#ifndef TOKENROOF_SRC_ASK_REPORT_H
#define TOKENROOF_SRC_ASK_REPORT_H

#include "ask/asked.h"
#include "ask/predict_row.h"
#include "write/document.h"
#include "ask/step_row.h"
#include "ask/train_row.h"

enum { TR_REPORT_POINTS = 3 };

/* A batch the report looks at, with its place on the price menu. */
typedef struct tr_report_point {
    tr_step_row row;             /* first: tr_pass_* read it. By the bound, as if memory were not limited; row.fits says
                                    whether it is enough */
    const char *name;            /* "fast", "normal", "slow" */
    double speed_ratio;          /* of one sequence, against normal */
    double price_ratio;          /* of one token, against normal */
} tr_report_point;

typedef struct tr_report {
    const tr_problem *question;
    tr_physics physics;                  /* of the steps beside the bound's points; of numbers alone there are none */
    double context_token;
    tr_report_point point[TR_REPORT_POINTS];
    tr_train_row train;                  /* its schedule, by the physics asked for */
    double balance_batch_seq;            /* at this context; HUGE_VAL: no batch reaches it */
    double balance_without_kv_batch_seq; /* the lecture's, KV and attention ignored */
    double normal_batch_seq;             /* the middle point: the first of the two that is finite */
    double sparsity_ratio;               /* total over active */
    double balance_token;                /* "the 300": the balance of a dense model  */
    double balanced_context_token;       /* L*: HUGE_VAL: KV never outgrows compute */
    double kv_byte_per_seq;              /* kept, at this context */
    tr_hold hold;                        /* what a chip holds, one sequence at this context among it */
    double drain_s;
    double floor_usd_per_mtoken;         /* no batch is cheaper; NaN without a price */
} tr_report;

/* By the bound, whatever physics is asked for. Errors: TR_ENOFIT (the weights alone do not fit), TR_EDOMAIN. */
tr_status tr_report_of(const tr_scenario *scenario, const tr_problem *question, tr_report *out, tr_error *err);

/* report_steps.c: usual batches by prediction beside the bound; nothing for numbers on a blackboard. */
void tr_report_steps_json(const tr_report *report, tr_json *json);
void tr_report_steps_text(const tr_report *report, const tr_style *style, tr_writer *out);

/* report_lead.c: requests of 1k in and 1k out by 32 clients, or as many as the batch asked for, as `predict` has them.
 * Nothing for numbers on a blackboard. */
typedef struct tr_report_lead {
    tr_predict_walk *walk;
    tr_predict_row row;
    int is_there;
    tr_error why;                /* why not; status TR_OK: nothing to say */
} tr_report_lead;
/* Allocates: end it. What cannot be predicted is no error. Errors: TR_ENOMEM. */
tr_status tr_report_lead_of(const tr_scenario *scenario, const tr_problem *question, tr_report_lead *out,
                            tr_error *err);
void tr_report_lead_end(tr_report_lead *lead);
void tr_report_lead_text(const tr_report_lead *lead, tr_writer *out);
void tr_report_lead_json(const tr_report_lead *lead, tr_json *json);

void tr_report_json(const tr_report *report, tr_json *json);
void tr_report_text(const tr_report *report, const tr_style *style, tr_writer *out);

#endif
