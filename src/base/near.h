/* base/near.h -- names people type: equality without case, and how far apart two of them are. */
#ifndef TOKENROOF_SRC_BASE_NEAR_H
#define TOKENROOF_SRC_BASE_NEAR_H

#include <stddef.h>

/* a[0..a_length) equals b[0..b_length), ASCII case ignored. */
int tr_name_equal(const char *a, size_t a_length, const char *b, size_t b_length);
/* Edits (insert, delete, replace) between the two, ASCII case ignored; names are cut at 127 bytes. */
size_t tr_name_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
