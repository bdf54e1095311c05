/* fit/fit.h -- calibration from measured serving runs.
 *
 * One set of shared constants, with a small offset for each engine and each
 * chip, all as logarithms: what few rows cannot tell apart stays with what is
 * shared. Priors are what kernels measured alone say. Errors are judged by
 * leaving out whole models and whole chips. Native only; allocates.
 */
#ifndef TOKENROOF_SRC_FIT_FIT_H
#define TOKENROOF_SRC_FIT_FIT_H

#include <stdint.h>
#include <stdio.h>

#include <tokenroof/tokenroof.h>

#include "fit/run.h"

enum { FIT_MODEL_MAX = 32, FIT_CHIP_MAX = 32, FIT_ENGINE_MAX = 6, FIT_REASON_MAX = 32, FIT_FILE_MAX = 16,
       FIT_SOURCE_MAX = 24 };

typedef struct fit_row {
    int model, chip, engine;     /* indexes into fit_data */
    int file, source;
    fit_run *run;                /* owned */
    double tpot_s, ttft_s;       /* measured; 0 = not stated */
    int line;
    uint64_t tells;              /* bit k: its prediction depends on constant k, which so rests on this row */
} fit_row;

typedef struct fit_reason {
    char text[128];
    size_t count;
} fit_reason;

typedef struct fit_data {
    fit_row *row;
    size_t count, capacity;
    tr_model *model[FIT_MODEL_MAX];
    int models;
    const tr_chip *chip[FIT_CHIP_MAX];
    int chips;
    const char *engine[FIT_ENGINE_MAX];
    int engines;
    char stream_engine[TR_ENGINE_MAX]; /* of rows of one stream: that of the first */
    int by_maker;                /* 1: engine[] are makers of chips, and what lies apart from them: one stream's rows */
    fit_reason reason[FIT_REASON_MAX];
    int reasons;
    size_t skipped;
    char file[FIT_FILE_MAX][64]; /* name without its folder */
    size_t file_row[FIT_FILE_MAX];
    int files;
    char source[FIT_SOURCE_MAX][96]; /* "inferencex in e2e_silicon.csv": a benchmark and its table */
    int sources;
} fit_data;

void fit_data_free(fit_data *data); /* of what it points to */

/* A sequence of a step, scheduled and sampled: known before any server was measured, which adds the sending of its
 * token to a client. */
#define FIT_SEQ_S 4e-6

/* Add the serving runs of one table, in any form that `validate` reads. Rows
 * that cannot be used are counted with their reason.
 * Errors: those of tr_measured_read, TR_ENOMEM, TR_ECAPACITY. */
tr_status fit_read(const char *path, fit_data *data, tr_error *err);

/* Checkpoints of one architecture are one model: DeepSeek-V3 and R1. */
int fit_same_shape(const tr_model *a, const tr_model *b);

/* Models of one maker's line are left out together: "qwen3-32b" with "qwen3-235b-a22b", all of "llama". */
int fit_same_family(const tr_model *a, const tr_model *b);

/* The tables that `tokenroof fit --all` reads, below ../shared/truth. NULL past the end. */
const char *fit_all_file(size_t index);

/* What a set of rows says of an error. */
typedef struct fit_error {
    size_t rows;
    double mape_ratio, median_ratio, p90_ratio, bias_ratio, within_20_share;
} fit_error;

/* Which rows an error is of: those fitted on, or those of a whole family, engine, chip, or chip and engine left out. In
 * the order of distances. */
typedef enum fit_fold { FIT_FITTED = 0, FIT_FAMILY, FIT_ENGINE, FIT_CHIP, FIT_CHIP_ENGINE, FIT_FOLD_COUNT } fit_fold;

/* How intervals hold in one bucket of rows left out. */
typedef struct fit_bucket {
    char name[48];               /* "family deepseek", "isl/osl 2 to 5" */
    fit_error tpot, ttft;
    double tpot_coverage_share, ttft_coverage_share; /* of rows inside their 90 % interval */
} fit_bucket;
enum { FIT_BUCKET_MAX = 48 };

/* What is known of a constant before any row is seen: a logarithm, and how far from it the shared value and the
 * offsets may lie. */
typedef struct fit_prior {
    double at;
    double width, engine_width, chip_width, pair_width; /* 0: fixed */
} fit_prior;

typedef struct fit_result {
    int chips, engines;
    double shared[TR_CONSTANT_COUNT];                        /* logarithms */
    double engine[FIT_ENGINE_MAX][TR_CONSTANT_COUNT];        /* offsets */
    double chip[FIT_CHIP_MAX][TR_CONSTANT_COUNT];
    double pair[FIT_ENGINE_MAX][FIT_CHIP_MAX][TR_CONSTANT_COUNT]; /* of an engine's kernels on one chip */
    fit_prior prior[TR_CONSTANT_COUNT];
    double deviation[FIT_ENGINE_MAX + 1][FIT_CHIP_MAX + 1][TR_CONSTANT_COUNT]; /* of the sum; last index: without */
    fit_error error[TR_INTERVAL_COUNT][FIT_FOLD_COUNT];
    double coverage_share[TR_INTERVAL_COUNT][FIT_FOLD_COUNT]; /* of rows inside the interval that such a row is given */
    tr_band band[TR_INTERVAL_COUNT][TR_DISTANCE_COUNT];
    fit_bucket bucket[FIT_BUCKET_MAX]; /* left out, by family, engine, chip, isl/osl, clients */
    int buckets;
} fit_result;

/* What ratios of measured to predicted say; scratch has their size. The ratios are used up. */
fit_error fit_error_of(double *ratio, size_t count, double *scratch);
/* The 90 % interval: the 5 and 95 % quantiles times widen, but never one-sided. The ratios are sorted. */
tr_band fit_band_of(double *ratio, size_t count, double *scratch, double widen);
/* Nothing may be farther from what was measured and yet more sure: band[0 .. TR_DISTANCE_COUNT - 1]. */
void fit_widen_outward(tr_band *band);

/* Fit, and judge by leaving out. Errors: TR_EMISSING (no rows), TR_ENOMEM, TR_EDOMAIN. */
tr_status fit_serving(fit_data *data, fit_result *out, tr_error *err);

/* Leave out whole families, engines and chips in turn: errors, intervals, buckets of *result. again fits on the rows
 * marked used. Errors: TR_ENOMEM, those of again. */
typedef tr_status (*fit_again)(const fit_data *data, const unsigned char *used, const fit_result *from, fit_result *out,
                               tr_error *err);
tr_status fit_judge(const fit_data *data, fit_again again, fit_result *result, tr_error *err);

/* The calibration of (chip, engine), -1 = any. */
void fit_calibration(const fit_data *data, const fit_result *result, int chip, int engine, tr_calibration *out);

/* One calibration, and whose it is. */
typedef struct fit_written {
    const tr_calibration *calibration;
    int chip, engine;            /* whose offsets it holds; -1: none */
    int any_engine;              /* 1: rows of all engines are its own */
    const char *last_fold;       /* what FIT_CHIP_ENGINE left out */
} fit_written;

/* As DIR/NAME.json: constants with what they rest on, errors, bands; data/README.md has the form. Errors: TR_EIO. */
tr_status fit_write_one(const fit_data *data, const fit_result *result, const fit_written *written, const char *folder,
                        tr_error *err);

/* All calibrations as DIR/NAME.json; only files that this makes are touched. Errors: TR_EIO. */
tr_status fit_write(const fit_data *data, const fit_result *result, const char *folder, tr_error *err);

#endif
