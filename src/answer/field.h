/* answer/field.h -- one description of a row: its JSON paths, its columns, and how each value is read.
 *
 * The same list of fields writes nested JSON, a line of CSV with dotted
 * columns, and the table for people, so that the three cannot disagree.
 */
#ifndef TOKENROOF_SRC_ANSWER_FIELD_H
#define TOKENROOF_SRC_ANSWER_FIELD_H

#include "base/json.h"

/* Exactly one of number, text and flag is not NULL. A number that is not
 * finite, and a NULL text, are null in JSON and empty in CSV. */
typedef struct tr_field {
    const char *path; /* "terms.compute_s": dots make objects; siblings stand together */
    tr_unit unit;     /* of the number, for people */
    const char *head; /* column head for people; NULL: not in their table */
    int width;        /* of that column */
    double (*number)(const void *row);
    const char *(*text)(const void *row);
    int (*flag)(const void *row);
} tr_field;

typedef struct tr_fields {
    const tr_field *field;
    size_t count;
} tr_fields;

/* Every field as a member of the object that is open in json. */
void tr_fields_json(const tr_fields *fields, const void *row, tr_json *json);

void tr_fields_csv_head(const tr_fields *fields, tr_writer *out);
void tr_fields_csv_row(const tr_fields *fields, const void *row, tr_writer *out);

/* Numbers to the right, texts to the left; null is "-". */
void tr_fields_table_head(const tr_fields *fields, tr_writer *out);
void tr_fields_table_row(const tr_fields *fields, const void *row, tr_writer *out);

#endif
