/* base/near.c -- case-blind equality and edit distance of names, for "did you mean". */
#include "base/near.h"

#include <tokenroof/base.h>

#include <string.h>

#include "base/text.h"

enum { NAME_MAX_BYTES = 127 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

int tr_name_equal(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length != b_length)
        return 0;
    for (size_t i = 0; i < a_length; i++)
        if (tr_text_lower(a[i]) != tr_text_lower(b[i]))
            return 0;
    return 1;
}

int tr_name_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t i = 0;
    while (i < a_length && i < b_length && (a[i] == '_' ? '-' : a[i]) == (b[i] == '_' ? '-' : b[i]))
        i++;
    return i == a_length && i == b_length;
}

int tr_name_is_among(const char *text, size_t length, const char *words, const char *separator)
{
    for (; words != NULL && *words != '\0'; words += strspn(words, separator)) {
        const size_t n = strcspn(words, separator);
        if (tr_name_same(text, length, words, n))
            return 1;
        words += n;
    }
    return 0;
}

/* Optimal string alignment: three rows, because a swap looks two rows back. */
size_t tr_name_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[3][NAME_MAX_BYTES + 1];
    a_length = least(a_length, NAME_MAX_BYTES);
    b_length = least(b_length, NAME_MAX_BYTES);
    for (size_t j = 0; j <= b_length; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = row[i % 3];
        const size_t *up = row[(i + 2) % 3];
        const size_t *up2 = row[(i + 1) % 3];
        const char x = tr_text_lower(a[i - 1]);
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const char y = tr_text_lower(b[j - 1]);
            now[j] = least(least(up[j], now[j - 1]) + 1, up[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tr_text_lower(b[j - 2]) && y == tr_text_lower(a[i - 2]))
                now[j] = least(now[j], up2[j - 2] + 1);
        }
    }
    return row[a_length % 3][b_length];
}

#define NOT_NEAR ((size_t)-1)
#define BEGINS 1000u    /* ranks after every distance */
#define HOLDS 1000000u

/* Close enough to suggest: two slips in a short name, one byte in three of a
 * long one; or the name's beginning, as in "deepseek" for "deepseek-v3". */
static size_t rank_of(const char *name, const char *candidate)
{
    const size_t length = strlen(name);
    const size_t n = strlen(candidate);
    const size_t limit = length < 3 ? 1 : length < 6 ? 2 : length / 3;
    const size_t distance = tr_name_distance(name, length, candidate, n);
    if (distance <= limit && distance < n && distance < length)
        return distance;
    if (length >= 3 && n > length && tr_text_starts(candidate, name))
        return BEGINS + n;
    return length >= 3 && n > length && tr_text_holds(candidate, name) ? HOLDS + n : NOT_NEAR;
}

size_t tr_near_names(const char *name, tr_name_at *at, const void *context, const char **out, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0;; i++) {
        const char *candidate = at(i, context);
        if (candidate == NULL)
            return count;
        const size_t rank = rank_of(name, candidate);
        size_t place = count;
        while (place > 0 && rank < rank_of(name, out[place - 1]))
            place--;
        if (rank == NOT_NEAR || place == capacity)
            continue;
        count = least(count + 1, capacity);
        memmove(out + place + 1, out + place, (count - 1 - place) * sizeof out[0]);
        out[place] = candidate;
    }
}

const char *tr_near_name(const char *name, tr_name_at *at, const void *context)
{
    const char *nearest = NULL;
    (void)tr_near_names(name, at, context, &nearest, 1);
    return nearest;
}

const char *tr_name_in_array(size_t index, const void *context)
{
    const tr_name_array *array = context;
    return index < array->count ? array->names[index] : NULL;
}
