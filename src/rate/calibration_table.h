/* rate/calibration_table.h -- the calibrations compiled in, written by tools/embed_calibration.c. */
#ifndef TOKENROOF_SRC_RATE_CALIBRATION_TABLE_H
#define TOKENROOF_SRC_RATE_CALIBRATION_TABLE_H

#include <tokenroof/calibration.h>

extern const tr_calibration tr_calibration_table[];
extern const uint32_t tr_calibration_table_count;

/* Catalog names of the models that were measured, sorted. */
extern const char tr_calibration_model_table[][TR_NAME_MAX];
extern const uint32_t tr_calibration_model_count;

/* [F9] How unlike two chips are, in years: 100 is out of reach (another maker, a CPU beside a GPU); then kinds of
 * memory, number formats, years. */
double tr_chip_unlike_year(const tr_chip *chip, const tr_chip *other);

#endif
