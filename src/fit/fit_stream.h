/* fit/fit_stream.h -- calibration from one stream at a time: llama.cpp's generated tokens and prompts.
 *
 * A problem of its own on the machinery of fit.h: constants shared by all chips, offsets for the chips' makers (where
 * a server's fit has engines) and for chips. In its fit_result decode is of a generated token and prefill of a whole
 * prompt; FIT_CHIP_ENGINE is whole makers left out. Native only; allocates.
 */
#ifndef TOKENROOF_SRC_FIT_FIT_STREAM_H
#define TOKENROOF_SRC_FIT_FIT_STREAM_H

#include "fit/fit.h"

#define FIT_STREAM_ENGINE "llamacpp"
enum { FIT_STREAM_LEAST_ROWS = 4 }; /* of a chip, for constants of its own */

/* The table that `tokenroof fit --all` reads, below ../shared/truth. */
const char *fit_stream_file(void);

/* Whose constants a row's lie nearest to: its chip's maker, and apart from that what ran before prompts were multiplied
 * in whole numbers. */
const char *fit_stream_group(const tr_measured *row);

/* As fit_read, of rows of one stream; fit_data.engine are the groups. */
tr_status fit_read_stream(const char *path, fit_data *data, tr_error *err);

/* Fit, and judge by leaving out: models (on chips that others were measured on), chips, makers. A chip left out gets
 * its nearest relative's constants, as tr_calibration_find gives them. Errors: as fit_serving. */
tr_status fit_stream(fit_data *data, fit_result *out, tr_error *err);

/* How the intervals of *out hold: shares of rows inside by fold, and buckets of kinds of devices. seen: measured over
 * predicted by fold and row, NaN where there is none; room: two numbers a row. */
void fit_stream_cover(const fit_data *data, const double *seen, double *room, fit_result *out);

/* Errors and coverage as a section at the end of a page that is there. Errors: TR_EIO. */
tr_status fit_stream_report(const fit_result *result, const char *title, const char *path, tr_error *err);

/* Rows of a chip. */
size_t fit_stream_rows(const fit_data *data, int chip);

/* The calibration of a chip as the engine is now, -1 = any. */
void fit_stream_calibration(const fit_data *data, const fit_result *result, int chip, tr_calibration *out);

/* "generic-llamacpp" and the chips with FIT_STREAM_LEAST_ROWS as DIR/NAME.json. Errors: TR_EIO. */
tr_status fit_stream_write(const fit_data *data, const fit_result *result, const char *folder, tr_error *err);

#endif
