/* ask/predict_sweep.h -- the deployment of `predict` along its load: what its figures draw. */
#ifndef TOKENROOF_SRC_ASK_PREDICT_SWEEP_H
#define TOKENROOF_SRC_ASK_PREDICT_SWEEP_H

#include "ask/measured_runs.h"
#include "ask/predict_row.h"

enum { SWEEP_POINTS = 81, SWEEP_ASKED = 12 };

/* What is asked more of. */
typedef enum tr_sweep_load { TR_SWEEP_CLIENTS = 0, TR_SWEEP_USERS, TR_SWEEP_RATE } tr_sweep_load;

typedef enum tr_sweep_metric { TR_SWEEP_TTFT = 0, TR_SWEEP_TPOT, TR_SWEEP_SPEED, TR_SWEEP_COST } tr_sweep_metric;

/* One metric at every load; what has no value there is NaN. */
typedef struct tr_sweep_line {
    double predicted[SWEEP_POINTS], low[SWEEP_POINTS], high[SWEEP_POINTS], bound[SWEEP_POINTS];
} tr_sweep_line;

/* Too large for the stack. */
typedef struct tr_sweep {
    tr_predict_walk *walk;
    tr_predict_row row;          /* the first that was asked for */
    tr_slo slo;
    tr_sweep_load load;
    double usd_per_s;            /* chips instead where no price is known */
    double end;                  /* of the axis */
    double full;                 /* load from which requests only wait longer; HUGE_VAL: not before the end */
    double knee;                 /* NaN: none (arrivals at a rate, users who think) */
    double held;                 /* the largest load that meets --slo: NaN: none was given; 0: none meets it */
    size_t asked_count;          /* loads asked for, the first of them the row's */
    double asked[SWEEP_ASKED];
    size_t n;
    double at[SWEEP_POINTS];     /* even in the logarithm */
    tr_sweep_line line[2];       /* whoever draws fills these and */
    double ring_x[TR_MEASURED_GROUPS][TR_MEASURED_RUNS], ring_y[TR_MEASURED_GROUPS][TR_MEASURED_RUNS]; /* these */
} tr_sweep;

/* Allocates. Errors: those of tr_predict_walk_begin, TR_ENOFIT, TR_ENOMEM. *out is NULL then. */
tr_status tr_sweep_begin(const tr_scenario *scenario, const tr_problem *question, tr_sweep **out, tr_error *err);
void tr_sweep_end(tr_sweep *sweep); /* NULL is fine */

/* The service at a load; 0 where there is none. */
int tr_sweep_serve(const tr_sweep *sweep, double load, tr_service *out);
/* 1 where --slo is predicted to hold at a load; 0 also where none was given. */
int tr_sweep_holds(const tr_sweep *sweep, double load);
/* Of a service at a load: NaN where requests queue without end. */
tr_quantity tr_sweep_value(const tr_sweep *sweep, const tr_service *service, tr_sweep_metric metric, double load);
tr_quantity tr_sweep_at(const tr_sweep *sweep, tr_sweep_metric metric, double load);
/* Time per output token without drafts, at every load. */
void tr_sweep_alone(const tr_sweep *sweep, double tpot_s[SWEEP_POINTS]);
void tr_sweep_line_of(const tr_sweep *sweep, tr_sweep_metric metric, tr_sweep_line *out);

#endif
