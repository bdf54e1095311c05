/* base/near.c -- case-blind equality and edit distance of names, for "did you mean". */
#include "base/near.h"

#include <tokenroof/base.h>

#include <string.h>

enum { NAME_MAX_BYTES = 127 };

static unsigned char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : (unsigned char)c;
}

int tr_name_equal(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length)
        return 0;
    for (size_t i = 0; i < a_length; i++)
        if (lower(a[i]) != lower(b[i]))
            return 0;
    return 1;
}

size_t tr_name_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[NAME_MAX_BYTES + 1];
    a_length = a_length < NAME_MAX_BYTES ? a_length : NAME_MAX_BYTES;
    b_length = b_length < NAME_MAX_BYTES ? b_length : NAME_MAX_BYTES;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 0; i < a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_length; j++) {
            const size_t replaced = diagonal + (lower(a[i]) != lower(b[j]));
            const size_t shorter = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
            diagonal = row[j + 1];
            row[j + 1] = replaced < shorter ? replaced : shorter;
        }
    }
    return row[b_length];
}

/* Close enough to suggest: two slips in a short name, one byte in three of a
 * long one; or the name's beginning, as in "deepseek" for "deepseek-v3". */
const char *tr_near_name(const char *name, const char *(*at)(size_t index, const void *context), const void *context)
{
    const size_t length = strlen(name);
    const size_t limit = length < 3 ? 1 : length < 6 ? 2 : length / 3;
    const char *best_name = NULL, *begins = NULL;
    size_t best = limit + 1;
    for (size_t i = 0;; i++) {
        const char *candidate = at(i, context);
        if (candidate == NULL)
            break;
        const size_t n = strlen(candidate);
        const size_t d = tr_name_distance(name, length, candidate, n);
        if (d < best && d < n) {
            best = d;
            best_name = candidate;
        }
        if (begins == NULL && length >= 3 && n > length && tr_name_equal(name, length, candidate, length))
            begins = candidate;
    }
    return best_name != NULL ? best_name : begins;
}
