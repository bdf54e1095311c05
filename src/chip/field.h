/* chip/field.h -- every plain field of tr_chip: its key in a chip file, where it lives, what is allowed.
 *
 * One table for the check, for the reader of chip files and for the generator
 * of the catalog, so that a field is declared once. It holds no pointers: the
 * core has no data that needs relocation.
 */
#ifndef TOKENROOF_SRC_CHIP_FIELD_H
#define TOKENROOF_SRC_CHIP_FIELD_H

#include <tokenroof/chip.h>

typedef enum tr_chip_field_kind {
    TR_CHIP_NUMBER = 0,   /* double */
    TR_CHIP_YEAR,         /* int */
    TR_CHIP_TEXT,         /* char[size] */
    TR_CHIP_DATE,         /* char[size]: year, year-month or year-month-day */
    TR_CHIP_WORD,         /* enum: the place of a word in word */
    TR_CHIP_FLAG          /* int: 0 or 1 */
} tr_chip_field_kind;

typedef struct tr_chip_field {
    char path[32];        /* "memory.read_byte_per_s" */
    char member[32];      /* "memory_byte_per_s" */
    size_t offset;
    size_t size;          /* of a text, with its terminating zero */
    tr_chip_field_kind kind;
    tr_unit unit;
    int required;         /* 0 or "" is refused by tr_chip_check */
    double min, max;      /* inclusive; 0 is always allowed where not required */
    char word[5][8];      /* of a TR_CHIP_WORD, "" after the last */
} tr_chip_field;

size_t tr_chip_field_count(void);
const tr_chip_field *tr_chip_field_at(size_t index);           /* NULL past the end */
const tr_chip_field *tr_chip_field_find(const char *path);     /* NULL if unknown */

double *tr_chip_field_number(tr_chip *chip, const tr_chip_field *field);   /* only for TR_CHIP_NUMBER */

/* The place of a word among a field's, -1 if it is none of them. */
int tr_chip_field_word(const tr_chip_field *field, const char *text);

/* 1 if text is a year, year-month or year-month-day that exists in a calendar. */
int tr_is_date(const char *text);

/* One number against its field: NaN and everything out of range fail. name is
 * what the message calls it (a path in a file, a member of a struct). */
tr_status tr_chip_field_check(const tr_chip_field *field, const char *name, double value, tr_error *err);

/* Everything tr_chip_check does except that a chip without any figure passes. */
tr_status tr_chip_check_ranges(const tr_chip *chip, tr_error *err);
int tr_chip_has_figures(const tr_chip *chip);

/* Make tier[0] the chip's own memory, priced by [C1]. Other tiers stay. */
void tr_chip_set_own_tier(tr_chip *chip);

#endif
