/* fit/solve.h -- the least squares behind fit_serving: rows, which constants move, and the answer. */
#ifndef TOKENROOF_SRC_FIT_SOLVE_H
#define TOKENROOF_SRC_FIT_SOLVE_H

#include "fit/fit.h"

typedef enum fit_target {
    FIT_TPOT = 0,
    FIT_TTFT,
    FIT_STREAM                   /* one stream: its generated token, or (tpot_s 0) its prompt */
} fit_target;

typedef struct fit_problem {
    const fit_data *data;
    const unsigned char *used;   /* one a row: 1 = fit on it */
    fit_target target;
    double noise;                /* of the logarithm of a measurement, beyond which it counts less */
    double group_rows;           /* rows a sweep's votes come to at most */
    int active[TR_CONSTANT_COUNT];
    fit_prior prior[TR_CONSTANT_COUNT];
} fit_problem;

/* Starts from, and leaves what is not active as in, *result. Errors: TR_ENOMEM, TR_EDOMAIN. */
tr_status fit_solve(const fit_problem *problem, fit_result *result, int with_deviation, tr_error *err);

/* Marks in each row, beside what is marked, the active constants that its prediction depends on, at the priors. */
void fit_touch(const fit_problem *problem, fit_data *data);

/* The spread of a constant of a chip and engine about its prior, as a logarithm: of the shared value and the offsets
 * together; -1 leaves an offset out. */
double fit_spread(const fit_data *data, const fit_prior *prior, int chip, int engine);

/* Logarithms of the constants of a row's chip and engine; -1 leaves an offset out. */
void fit_constants(const fit_result *result, int chip, int engine, double *value);

/* A constant from its logarithm: no share of a datasheet figure reaches 1. */
double fit_value(int constant, double logarithm);

/* Predicted time of a row under constants (logarithms); 0 where there is none. */
double fit_predict(const fit_row *row, const double *value, fit_target target);

/* A row served under constants (logarithms); 0 where it cannot be. */
int fit_serve(const fit_row *row, const double *value, tr_service *out);

#endif
