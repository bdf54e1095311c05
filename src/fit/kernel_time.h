/* fit/kernel_time.h -- how long one kernel takes, from its shape and a handful of constants of its chip and library.
 */
#ifndef TOKENROOF_SRC_FIT_KERNEL_TIME_H
#define TOKENROOF_SRC_FIT_KERNEL_TIME_H

#include "fit/measured.h"

#define KERNEL_CONSTANT_MAX 12
#define KERNEL_KEY_SIZE 160

/* One constant of a class of kernels. */
typedef struct kernel_constant {
    const char *name;  /* "start_s": NULL past the last */
    double start;      /* where a fit begins, and what it stays at where rows say nothing */
    int is_share;      /* of a datasheet figure: below 1 */
} kernel_constant;

const kernel_constant *kernel_constant_at(tr_kernel_class kind, int index); /* NULL past the last */
int kernel_constant_count(tr_kernel_class kind);

/* The work of y[m, n] = x[m, k] W[k, n] from m, n, k and the formats: weights once, activations once, BF16 out. */
void kernel_gemm_work(tr_kernel *kernel);

/* Byte of the last-level cache, of chips whose kernels were measured; 0: not known. */

/* [F11] Seconds that no run of the kernel is under: multiplies at the datasheet's peak, or bytes at its bandwidth less
 * those that cache_byte may hold from the run before; of a collective what a chip receives over its link.
 * Errors: TR_ENOFIT (a format that the chip cannot multiply). */
tr_status kernel_least_s(const tr_kernel *kernel, const tr_chip *chip, double cache_byte, double *out, tr_error *err);

/* Seconds. value: as many as the class has, > 0. */
double kernel_time_s(const tr_kernel *kernel, const tr_chip *chip, const double *value);

/* What each of a group of chips in one domain can send to the others at once; 0 where it is not published. */
double kernel_link_byte_per_s(const tr_chip *chip, double group_chip);

/* Which library's kernel it is: "vllm fp8_block", with the source where one library has several. */
void kernel_key(const tr_measured *row, char *out, size_t size);

/* Rows with the same number share a shape that a fold leaves out as a whole. */
unsigned kernel_shape(const tr_kernel *kernel);

/* Calibrations of kernels compiled in. */
typedef struct kernel_row {
    char chip[48];
    char engine[24];
    char precision[24];
    char key[KERNEL_KEY_SIZE];
    int kind;
    double rows;
    double value[KERNEL_CONSTANT_MAX];
    double low_ratio, high_ratio; /* 90 % interval of the shapes left out, over the prediction */
} kernel_row;

extern const kernel_row kernel_table[];
extern const unsigned kernel_table_count;

/* The nearest calibration, NULL if none is of this class; *far is 0 for the very kernel on the very chip, else 1
 * (this chip, another library or format) or 2 (another chip). */
const kernel_row *kernel_find(const tr_measured *row, int *far);

#endif
