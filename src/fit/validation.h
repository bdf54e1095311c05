/* fit/validation.h -- what a validation holds, for those who write it down. */
#ifndef TOKENROOF_SRC_FIT_VALIDATION_H
#define TOKENROOF_SRC_FIT_VALIDATION_H

#include "fit/validate.h"

enum { TR_PHYSICS_COUNT = TR_PHYSICS_FITTED + 1 };

struct tr_validation {
    const tr_scenario *scenario;
    const char *const *path;
    int path_count;
    const char *form[TR_VALIDATE_FILE_MAX];
    int physics; /* the one whose groups are told */
    int metric;  /* tr_metric, -1: all */
    size_t worst;
    double burst_request; /* a client, all starting together; 0: a steady state; -1: as each row's benchmark was run */
    int known[TR_PHYSICS_COUNT];
    tr_score *score[TR_PHYSICS_COUNT];
    size_t record_count, used_record_count;
};

/* Measured faster than the bound allows. */
int tr_is_anomaly(const tr_judged *row);
const char *tr_anomaly_reason(const tr_judged *row);

#endif
