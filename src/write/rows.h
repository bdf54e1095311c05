/* write/rows.h -- an answer of many rows in any format: one JSON document, a document a row, CSV, a table.
 */
#ifndef TOKENROOF_SRC_WRITE_ROWS_H
#define TOKENROOF_SRC_WRITE_ROWS_H

#include <tokenroof/problem.h>
#include <tokenroof/write.h>

#include "write/document.h"
#include "write/field.h"

typedef struct tr_rows {
    const tr_fields *fields;
    const tr_fields *columns; /* those of the table for people; NULL: fields with a head */
    const char *name; /* the array's key in the document; NULL: the document has no such rows */
    size_t count;
    /* The index-th row, valid until the next call; NULL: failed, and *err says why. */
    const void *(*at)(void *context, size_t index, tr_error *err);
    void *context;
    const tr_scenario *scenario; /* echoed; may be NULL */
    /* What a row has beyond its fields, in JSON only; NULL: nothing. */
    void (*more)(const void *row, tr_json *json);
    const tr_notes *notes; /* may be NULL */
} tr_rows;

const tr_fields *tr_rows_columns(const tr_rows *rows);

/* Errors: those of at, TR_EIO. */
tr_status tr_rows_write(const tr_rows *rows, const tr_style *style, const tr_sink *sink, tr_error *err);

/* The same for one row. */
tr_status tr_row_write(const tr_fields *fields, const char *name, const void *row, const tr_style *style,
                       const tr_sink *sink, tr_error *err);

/* The same for members of the open array of a document. */
tr_status tr_rows_json(const tr_rows *rows, tr_json *json, tr_error *err);

/* A sink's refusal as an error. */
tr_status tr_written(tr_status status, tr_error *err);

#endif
