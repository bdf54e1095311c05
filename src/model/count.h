/* model/count.h -- counting a config as one family. */
#ifndef TOKENROOF_SRC_MODEL_COUNT_H
#define TOKENROOF_SRC_MODEL_COUNT_H

#include "model/build.h"
#include "model/config_lookup.h"

/* A model in the making, and which keys were looked at. Too large for a stack. */
typedef struct tr_bench {
    tr_model model;
    tr_build build;
    unsigned char read[TR_CONFIG_ENTRY_MAX / 8 + 1];
} tr_bench;

/* Clears b; config and family must outlive it. wrapper as tr_model_wrapper gives it. */
void tr_bench_start(tr_bench *b, const tr_config *config, const char *wrapper, const tr_family *family, tr_error *err);
/* Into b->model. b->build.keys keeps the first failure. */
tr_status tr_bench_count(tr_bench *b);

#endif
