/* io/csv.h -- comma-separated tables, one record at a time.
 *
 * RFC 4180: fields in double quotes may hold commas, line breaks and doubled
 * quotes; lines end in LF or CRLF. The first record names the columns. Between
 * records, blank lines and lines that start with # are skipped; a byte order
 * mark too. Nothing is guessed: a record with another number of fields than
 * the header is an error with its line. The file is streamed: any size works,
 * one record is kept.
 */
#ifndef TOKENROOF_SRC_IO_CSV_H
#define TOKENROOF_SRC_IO_CSV_H

#include <stdio.h>

#include <tokenroof/base.h>

#define TR_CSV_COLUMN_MAX 1024
#define TR_CSV_RECORD_MAX ((size_t)1 << 20) /* bytes of one record */

/* One thread at a time. Texts and numbers are of the current record. */
typedef struct tr_csv tr_csv;

/* Opens path and reads the header. Free with tr_csv_close.
 * Errors: TR_EIO, TR_EPARSE, TR_EMISSING (no header), TR_ECONFLICT (a column twice), TR_ECAPACITY, TR_ENOMEM.
 */
tr_status tr_csv_open(const char *path, tr_csv **out, tr_error *err);
/* The same from an open stream, which stays the caller's; name is for messages. */
tr_status tr_csv_from(FILE *stream, const char *name, tr_csv **out, tr_error *err);
void tr_csv_close(tr_csv *csv); /* NULL is fine */

size_t tr_csv_column_count(const tr_csv *csv);
const char *tr_csv_column_name(const tr_csv *csv, size_t column); /* NULL past the end */
/* Position of a column, -1 if there is none; case matters. */
int tr_csv_column(const tr_csv *csv, const char *name);
/* The same where the table must have it. Errors: TR_EMISSING, with the near name. */
tr_status tr_csv_require(const tr_csv *csv, const char *name, int *column, tr_error *err);

/* The next record; *more is 0 at the end. Errors: TR_EPARSE, TR_ECAPACITY, TR_EIO, with line and column;
 * afterwards the table is at its end. */
tr_status tr_csv_next(tr_csv *csv, int *more, tr_error *err);
int tr_csv_line(const tr_csv *csv); /* where the record starts, 1-based */

/* A field, quotes taken off; "" for a column of -1. Good until the next record. */
const char *tr_csv_text(const tr_csv *csv, int column);
/* A field as a number with an optional unit. Errors: TR_EMISSING (empty), TR_EPARSE, TR_EDOMAIN; all name
 * the column and the line. */
tr_status tr_csv_number(const tr_csv *csv, int column, tr_unit unit, double *out, tr_error *err);
/* The same, or fallback where the field is empty or the column absent. */
tr_status tr_csv_number_or(const tr_csv *csv, int column, tr_unit unit, double fallback, double *out,
                           tr_error *err);

#endif
