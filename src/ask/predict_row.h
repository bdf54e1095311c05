/* ask/predict_row.h -- one row of `predict`: requests on a deployment, what they take and what they cost. */
#ifndef TOKENROOF_SRC_ASK_PREDICT_ROW_H
#define TOKENROOF_SRC_ASK_PREDICT_ROW_H

#include <tokenroof/ask.h>

#include "ask/drafts.h"
#include "write/field.h"

/* A change that was tried: what it is worth at the same load. Ratios are over the answer as asked, 1: no change. */
typedef struct tr_lever {
    const char *input;           /* the option that makes it: "kv" */
    char from[48], to[48];
    char words[64];              /* for people: "FP8 KV cache" */
    double ttft_ratio, tpot_ratio, throughput_ratio, cost_ratio;
} tr_lever;
enum { TR_LEVER_MAX = 3 };

typedef struct tr_predict_row {
    const tr_problem *question;  /* first: tr_question_* read it */
    const tr_deployment *deployment;
    tr_clients clients;
    double users;                /* who think between requests; NaN: clients that do not */
    double prefix_hit_share, accept_share;
    int fits;
    tr_error why;                /* why not, where nothing is predicted */
    tr_service service;          /* all NaN then; of one token out the times between tokens are */
    double in_system_seq;        /* on average: who waits, whose prompt is read and who decodes */
    tr_service_cost cost;
    int has_power;               /* the chip's power is known */
    tr_power power;              /* of one chip, on average */
    tr_energy energy;            /* of a second of the whole system, at the site */
    tr_quantity per_user;        /* tokens a second that a user sees: one over TPOT */
    int endless;                 /* arrivals that queue without end: no time to the first token exists */
    double max_request_per_s;
    int promised, holds;         /* --slo was given, and is predicted to hold */
    tr_drafts drafts;            /* what they are worth here */
    const char *limit;           /* "weights", "kv", "compute", "comm", "fixed", "prefill" */
    tr_lever lever[TR_LEVER_MAX];
    size_t lever_count;
} tr_predict_row;

/* 1 where there is time between tokens: a request of one token has none. */
int tr_predict_has_tpot(const tr_predict_row *row);

/* Where the time between two steps' tokens goes: the parts of the step, and the prompts beside it. */
typedef enum tr_time_part { TR_TIME_COMPUTE = 0, TR_TIME_WEIGHTS, TR_TIME_KV, TR_TIME_COMM, TR_TIME_FIXED,
                            TR_TIME_HOST, TR_TIME_CROSSING, TR_TIME_PREFILL, TR_TIME_COUNT } tr_time_part;
double tr_time_share(const tr_service *service, tr_time_part part); /* they add up to 1 */

extern const tr_fields tr_predict_fields;
/* The columns of its table for people: the inputs that have a list, then the answer. out has TR_PREDICT_COLUMNS. */
enum { TR_PREDICT_COLUMNS = 24 };
size_t tr_predict_columns(const tr_scenario *scenario, tr_field *out);
/* "levers": [...] of the object that is open in json. */
void tr_predict_row_more(const void *row, tr_json *json);

/* ---- all combinations of the lists in a scenario ------------------------------------------------------- */

/* Every input with several values makes rows, the load fastest; only what changes is resolved again. Opaque, owned. */
typedef struct tr_predict_walk tr_predict_walk;
/* Errors: TR_ECAPACITY (more than ten million rows), TR_ENOMEM, those of the first row but TR_ENOFIT. */
tr_status tr_predict_walk_begin(const tr_scenario *scenario, const tr_problem *question, tr_predict_walk **out,
                                tr_error *err);
void tr_predict_walk_end(tr_predict_walk *walk); /* NULL is fine */
size_t tr_predict_walk_count(const tr_predict_walk *walk);
/* The scenario with its defaults in place, as it is echoed. */
const tr_scenario *tr_predict_walk_scenario(const tr_predict_walk *walk);
/* Valid until the next call; NULL: *err says why. For tr_rows.at. */
const void *tr_predict_walk_at(void *walk, size_t index, tr_error *err);

/* "64 concurrent requests, 8k in, 1k out". */
void tr_predict_load_text(const tr_predict_row *row, char *out, size_t size);
/* The page of a row with its levers, without notes. */
void tr_predict_print(const tr_predict_row *row, tr_writer *out);

/* Fill row->drafts of a row that fits: some eighty loads are tried. */
void tr_predict_drafts(tr_predict_row *row);

/* Time per output token of the same row for other clients without drafts; NaN where that does not fit. */
double tr_predict_alone_tpot_s(const tr_predict_row *row, const tr_clients *clients);

/* The three changes that help most, tried one by one. */
void tr_levers_of(const tr_scenario *scenario, tr_predict_row *row);

#endif
