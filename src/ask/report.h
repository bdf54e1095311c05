/* ask/report.h -- the figures of one report, gathered before they are written in either form. */
#ifndef TOKENROOF_SRC_ASK_REPORT_H
#define TOKENROOF_SRC_ASK_REPORT_H

#include "ask/asked.h"
#include "write/document.h"
#include "ask/step_row.h"

enum { TR_REPORT_POINTS = 3 };

/* A batch the report looks at, with its place on the price menu. */
typedef struct tr_report_point {
    const char *name;            /* "fast", "normal", "slow" */
    tr_step_row row;             /* terms as if memory were not limited; row.fits says whether it is enough */
    double speed_ratio;          /* of one sequence, against normal */
    double price_ratio;          /* of one token, against normal */
} tr_report_point;

typedef struct tr_report {
    const tr_problem *question;
    tr_physics beside;                   /* whose lines stand beside the bound's; of numbers alone none do */
    double context_token;
    tr_report_point point[TR_REPORT_POINTS];
    tr_step_row departure;               /* what leaves every step: the normal batch, or the largest that fits */
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

/* report_expected.c: nothing for numbers on a blackboard. */
void tr_report_expected_json(const tr_report *report, tr_json *json);
void tr_report_expected_text(const tr_report *report, const tr_style *style, tr_writer *out);

void tr_report_json(const tr_report *report, tr_json *json);
void tr_report_text(const tr_report *report, const tr_style *style, tr_writer *out);

#endif
