/* io/json_value.h -- one flat entry into a number, a text or a list index, with errors that name key and
 * line. */
#ifndef TOKENROOF_SRC_IO_JSON_VALUE_H
#define TOKENROOF_SRC_IO_JSON_VALUE_H

#include <tokenroof/base.h>

#include "io/json_flat.h"

/* A number, or a text with a unit ("3.35TB/s"); null gives 0. Errors: TR_EPARSE, TR_EDOMAIN. */
tr_status tr_value_number(const tr_flat_entry *e, tr_unit unit, double *out, tr_error *err);

/* The same, and within [min, max]; 0 passes if zero_ok. Errors: TR_EPARSE, TR_EDOMAIN. */
tr_status tr_value_between(const tr_flat_entry *e, tr_unit unit, double min, double max, int zero_ok,
                           double *out, tr_error *err);

/* A text without control characters that fits size with its end; null gives "". Errors: TR_EPARSE,
 * TR_ECAPACITY, TR_EDOMAIN. */
tr_status tr_value_text(const tr_flat_entry *e, char *out, size_t size, tr_error *err);

/* A year, year-month or year-month-day. Errors: as tr_value_text, TR_EDOMAIN. */
tr_status tr_value_date(const tr_flat_entry *e, char *out, size_t size, tr_error *err);

/* TR_EPARSE: what was expected, and what is there. */
tr_status tr_value_wrong_kind(const tr_flat_entry *e, const char *expected, tr_error *err);

/* TR_EUNKNOWN with a "did you mean" among known names (NULL past the end). */
tr_status tr_value_unknown_key(const tr_flat_entry *e, const char *(*known)(size_t, const void *),
                               const void *context, tr_error *err);

/* "3.source" -> 3 and "source"; "3" -> 3 and "". NULL if key does not begin with a number below capacity. */
const char *tr_value_index(const char *key, size_t capacity, size_t *index);

#endif
