/* write/field.h -- one description of a row: its JSON paths, its columns, and how each value is read.
 *
 * The same list of fields writes nested JSON, a line of CSV with dotted
 * columns, and the table for people, so that the three cannot disagree.
 */
#ifndef TOKENROOF_SRC_WRITE_FIELD_H
#define TOKENROOF_SRC_WRITE_FIELD_H

#include "base/json.h"

/* Exactly one of number, text and flag is not NULL. A number that is not
 * finite, a NULL text and a flag below 0 are null in JSON and empty in CSV. In a
 * CSV "ttft_s.predicted" is the column ttft_s, and "ttft_s.low" ttft_s_low. */
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

/* Getters of a row type: TR_NUMBER(step_row, NAME, row->x) defines double NAME(row). */
#define TR_GETTER(RETURNS, TYPE, NAME, VALUE)                                                              \
    static RETURNS NAME(const void *p)                                                                     \
    {                                                                                                      \
        const TYPE *row = p;                                                                               \
        return VALUE;                                                                                      \
    }
#define TR_NUMBER(TYPE, NAME, VALUE) TR_GETTER(double, TYPE, NAME, VALUE)
#define TR_TEXT(TYPE, NAME, VALUE) TR_GETTER(const char *, TYPE, NAME, VALUE)
#define TR_FLAG(TYPE, NAME, VALUE) TR_GETTER(int, TYPE, NAME, VALUE)

/* Of a figure with its interval and its bound, four: NAME, NAME_low, NAME_high, NAME_bound. */
#define TR_QUANTITY(TYPE, NAME, VALUE)                                                                     \
    TR_NUMBER(TYPE, NAME, (VALUE).predicted)                                                               \
    TR_NUMBER(TYPE, NAME##_low, (VALUE).low)                                                               \
    TR_NUMBER(TYPE, NAME##_high, (VALUE).high)                                                             \
    TR_NUMBER(TYPE, NAME##_bound, (VALUE).bound)

/* Rows of a list of fields, TR_Q of a TR_QUANTITY; the _HEAD forms are columns of the table for people too. */
#define TR_N(PATH, UNIT, READ) {PATH, TR_UNIT_##UNIT, NULL, 0, READ, NULL, NULL}
#define TR_N_HEAD(PATH, UNIT, HEAD, WIDTH, READ) {PATH, TR_UNIT_##UNIT, HEAD, WIDTH, READ, NULL, NULL}
#define TR_Q(PATH, UNIT, NAME)                                                                             \
    TR_N(PATH ".predicted", UNIT, NAME), TR_N(PATH ".low", UNIT, NAME##_low),                              \
        TR_N(PATH ".high", UNIT, NAME##_high), TR_N(PATH ".bound", UNIT, NAME##_bound)
#define TR_Q_HEAD(PATH, UNIT, HEAD, WIDTH, NAME)                                                           \
    TR_N_HEAD(PATH ".predicted", UNIT, HEAD, WIDTH, NAME), TR_N_HEAD(PATH ".low", UNIT, "low", WIDTH, NAME##_low), \
        TR_N_HEAD(PATH ".high", UNIT, "high", WIDTH, NAME##_high),                                         \
        TR_N_HEAD(PATH ".bound", UNIT, "bound", WIDTH, NAME##_bound)
/* Flat forms of a figure by the physics that was asked for, with its bound and its interval beside it. */
#define TR_BESIDE(PATH, UNIT, NAME)                                                                        \
    TR_N(PATH "_bound", UNIT, NAME##_bound), TR_N(PATH "_low", UNIT, NAME##_low), TR_N(PATH "_high", UNIT, NAME##_high)
#define TR_B(PATH, UNIT, NAME) TR_N(PATH, UNIT, NAME), TR_BESIDE(PATH, UNIT, NAME)
#define TR_B_HEAD(PATH, UNIT, HEAD, WIDTH, NAME)                                                           \
    TR_N_HEAD(PATH, UNIT, HEAD, WIDTH, NAME), TR_N_HEAD(PATH "_low", UNIT, "low", WIDTH, NAME##_low),      \
        TR_N_HEAD(PATH "_high", UNIT, "high", WIDTH, NAME##_high),                                         \
        TR_N_HEAD(PATH "_bound", UNIT, "bound", WIDTH, NAME##_bound)
/* TR_Q of which people see what is predicted alone. */
#define TR_Q_FIRST(PATH, UNIT, HEAD, WIDTH, NAME)                                                          \
    TR_N_HEAD(PATH ".predicted", UNIT, HEAD, WIDTH, NAME), TR_N(PATH ".low", UNIT, NAME##_low),            \
        TR_N(PATH ".high", UNIT, NAME##_high), TR_N(PATH ".bound", UNIT, NAME##_bound)
#define TR_T(PATH, READ) {PATH, TR_UNIT_NONE, NULL, 0, NULL, READ, NULL}
#define TR_T_HEAD(PATH, HEAD, WIDTH, READ) {PATH, TR_UNIT_NONE, HEAD, WIDTH, NULL, READ, NULL}
#define TR_F(PATH, READ) {PATH, TR_UNIT_NONE, NULL, 0, NULL, NULL, READ}
#define TR_F_HEAD(PATH, HEAD, WIDTH, READ) {PATH, TR_UNIT_NONE, HEAD, WIDTH, NULL, NULL, READ}

/* Every field as a member of the object that is open in json. */
void tr_fields_json(const tr_fields *fields, const void *row, tr_json *json);

/* Every field as a property of the JSON Schema that is open in json; write says what may stand there. */
typedef void (*tr_field_writer)(const tr_field *field, tr_json *json);
void tr_fields_describe(const tr_fields *fields, tr_field_writer write, tr_json *json);

/* The same without objects, by the names of the CSV's columns: a line of JSON lines. What stands before the values is
 * made once for all rows. */
enum { TR_FLAT_FIELDS = 180 };
typedef struct tr_flat_keys {
    size_t count; /* fields that have theirs here; the rest are few, and made anew for each row */
    unsigned short end[TR_FLAT_FIELDS];
    char text[5000];
    /* The numbers of the row before: most of a row's stand in the next one too. */
    double value[TR_FLAT_FIELDS];
    unsigned char length[TR_FLAT_FIELDS]; /* 0: none yet */
    char number[TR_FLAT_FIELDS][28];
} tr_flat_keys;
void tr_fields_flat_keys(const tr_fields *fields, tr_flat_keys *out);
void tr_fields_flat(const tr_fields *fields, tr_flat_keys *keys, const void *row, tr_writer *out);

void tr_fields_csv_head(const tr_fields *fields, tr_writer *out);
void tr_fields_csv_row(const tr_fields *fields, const void *row, tr_writer *out);

/* Numbers to the right, texts to the left; null is "-". */
void tr_fields_table_head(const tr_fields *fields, tr_writer *out);
void tr_fields_table_row(const tr_fields *fields, const void *row, tr_writer *out);

#endif
