/* fit/kernel_fit.h -- constants of kernels from tables of kernels. Native only; allocates. */
#ifndef TOKENROOF_SRC_FIT_KERNEL_FIT_H
#define TOKENROOF_SRC_FIT_KERNEL_FIT_H

#include "fit/fit.h"
#include "fit/kernel_pass.h"
#include "fit/kernel_time.h"

/* One library's kernel on one chip. */
typedef struct kernel_group {
    kernel_row row;              /* what is fitted */
    fit_error left_out;          /* shapes left out, four folds; decode attention: those over 10 us */
    int in_sample;               /* too few shapes to leave any out: left_out is of the fit itself */
    int file;                    /* of kernel_data, that its rows stand in */
    const tr_chip *chip;
    tr_kernel *kernel;
    double *measured_s;
    unsigned char *beaten;       /* under what the chip can do (kernel_least_s): judged, and not fitted on */
    size_t count, capacity;
} kernel_group;

#define KERNEL_PRIOR_WIDTH 1.5 /* how far the logarithm of a constant may lie from where its fit begins */

typedef struct kernel_data {
    kernel_group *group;
    size_t count, capacity;
    char file[FIT_FILE_MAX][64];
    int files;
} kernel_data;

void kernel_data_free(kernel_data *data);

/* The tables of kernels that `tokenroof fit --all` reads. NULL past the end. */
const char *kernel_all_file(size_t index);

/* Add the kernels of one table. Errors: those of tr_measured_read, TR_ENOMEM, TR_ECAPACITY. */
tr_status kernel_read(const char *path, kernel_data *data, tr_error *err);

/* Fit every group. Errors: TR_ENOMEM. */
tr_status kernel_fit(kernel_data *data, tr_error *err);

/* What the kernels of a chip, of one engine or of any (""), in one format say of a serving pass. 0 where none
 * was measured. */
int kernel_pass_of(const kernel_data *data, const char *chip, const char *engine, tr_dtype format,
                   kernel_pass_row *out);

/* One file a chip, DIR/kernels-CHIP.json. Errors: TR_EIO. */
tr_status kernel_write(const kernel_data *data, const char *folder, tr_error *err);

/* The page of docs/accuracy.md; kernels NULL: without them. Errors: TR_EIO. */
tr_status fit_report(const fit_data *data, const fit_result *result, const kernel_data *kernels, const char *path,
                     tr_error *err);

/* Errors of a class over all groups, weighted by rows; kind NONE: of all. */
fit_error kernel_class_error(const kernel_data *data, tr_kernel_class kind);

#endif
