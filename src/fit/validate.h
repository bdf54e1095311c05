/* fit/validate.h -- predictions judged by measurements: the document of `validate`, and its picture. Native.
 *
 * One thread at a time. On error outputs are untouched, but part of a text
 * may have gone to the sink.
 */
#ifndef TOKENROOF_SRC_FIT_VALIDATE_H
#define TOKENROOF_SRC_FIT_VALIDATE_H

#include <tokenroof/ask.h>

#include "fit/score.h"

#define TR_VALIDATE_FILE_MAX 32

typedef struct tr_validation tr_validation;

/* Reads and predicts every row of the files (names are kept, not copied), by the scenario's physics and
 * metric. *out is freed with tr_validation_destroy. Errors: those of reading; TR_ENOMEM. */
tr_status tr_validation_run(const tr_scenario *scenario, const char *const *path, int path_count,
                            tr_validation **out, tr_error *err);
void tr_validation_destroy(tr_validation *validation); /* NULL is fine */

/* Errors: TR_ENOFIT (no row could be judged: the text names the reason most often given), TR_EIO. */
tr_status tr_validation_write(const tr_validation *validation, const tr_style *style, tr_sink *sink,
                              tr_error *err);

/* Predicted against measured, a series a phase. Errors: TR_ENOFIT (nothing to draw), those of tr_figure_draw.
 */
tr_status tr_validation_figure(const tr_validation *validation, const tr_figure_target *target, tr_sink *sink,
                               tr_error *err);

#endif
