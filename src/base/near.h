/* base/near.h -- names people type: equality without case, how far apart two are, lists of near ones. */
#ifndef TOKENROOF_SRC_BASE_NEAR_H
#define TOKENROOF_SRC_BASE_NEAR_H

#include <stddef.h>

/* a[0..a_length) equals b[0..b_length), ASCII case ignored. */
int tr_name_equal(const char *a, size_t a_length, const char *b, size_t b_length);

/* The same where '_' and '-' are one. */
int tr_name_same(const char *a, size_t a_length, const char *b, size_t b_length);
/* text[0..length) is one of words, which separator divides. words may be NULL. */
int tr_name_is_among(const char *text, size_t length, const char *words, const char *separator);

/* Edits (insert, delete, replace, swap neighbours) between the two, ASCII case
 * ignored; names are cut at 127 bytes. */
size_t tr_name_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/* As tr_near_name, but up to capacity names, nearest first; returns how many.
 * After the near ones come those that begin with the name, then those that hold it. */
typedef const char *tr_name_at(size_t index, const void *context);
size_t tr_near_names(const char *name, tr_name_at *at, const void *context, const char **out,
                     size_t capacity);

/* Names in a plain array: pass tr_name_in_array with a tr_name_array as its context. */
typedef struct tr_name_array {
    const char *const *names;
    size_t count;
} tr_name_array;
const char *tr_name_in_array(size_t index, const void *context);

#endif
