/* chip/change.h -- what follows a chip's or system's name: changes of it, and a host beside it.
 *
 * "8xh100-sxm,mem=141GB,bw=2x" and "rtx-4090+epyc-9654,mem=256GB"; the keys are
 * told at tr_system_catalog_get. The name itself is left to a lookup, so that
 * the catalog and files are named alike.
 */
#ifndef TOKENROOF_SRC_CHIP_CHANGE_H
#define TOKENROOF_SRC_CHIP_CHANGE_H

#include <tokenroof/chip.h>

/* The longest name or path that something may follow, with its terminating zero. */
#define TR_BASE_MAX 1024

/* Fills *out with what base names, a count in front or not. On error *out is untouched. */
typedef tr_status tr_system_lookup(const char *base, const void *context, tr_system *out, tr_error *err);

/* The whole of what was typed. A path (it has a '/' before any ',' or '+') ends
 * at ".json"; a '+' opens the host where a letter, a digit or a path follows.
 * Errors: those of lookup, and as tr_system_catalog_get. On error *out is untouched. */
tr_status tr_system_compose(const char *text, tr_system_lookup *lookup, const void *context, tr_system *out,
                            tr_error *err);

/* What macOS lets a GPU take of memory sold as label_byte ("64 GB" as 64e9 or 64 x 2^30), 0 for a size that Apple does
 * not sell; *label is the size as on the box. */
double tr_macos_gpu_byte(double label_byte, double *label);

#endif
