/* chip/name.h -- the names people type for chips and systems: one spelling, and a count in front. */
#ifndef TOKENROOF_SRC_CHIP_NAME_H
#define TOKENROOF_SRC_CHIP_NAME_H

#include <tokenroof/base.h>

#define TR_NAME_MAX 64   /* bytes, with the terminating zero */

/* "H100 SXM", "h100_sxm" -> "h100-sxm": lower case, blanks and underscores as
 * single dashes, none at the ends. Longer names are cut, and match nothing. */
void tr_name_spell(const char *text, char out[TR_NAME_MAX]);

/* The part of a spelt name after a maker's ("nvidia-h100-sxm" -> "h100-sxm"), or name itself. */
const char *tr_name_without_maker(const char *name);

/* "8xh100-sxm", "8 x h100", "8 * h100" -> 8 and "h100..."; a name alone -> 1.
 * *name points into text. Errors: TR_EDOMAIN (count not a whole number from 1 to 1e9). */
tr_status tr_name_split_count(const char *text, double *count, const char **name, tr_error *err);

#endif
