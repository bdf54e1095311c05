/* base/sort.h -- sorting without qsort (libc's differ in speed by 7x and in ties).
 *
 * Both sorts are stable, take linear or n log n time on any input, use the
 * caller's scratch, and put NaN last.
 */
#ifndef TOKENROOF_SRC_BASE_SORT_H
#define TOKENROOF_SRC_BASE_SORT_H

#include <stddef.h>

/* Ascending, -0 before +0. scratch holds count doubles too. A NaN keeps no payload. */
void tr_sort_double(double *value, size_t count, double *scratch);

/* Order index[0..count) so that key[index[i]] ascends; ties keep their order
 * in index. Fill index with 0, 1, 2... to sort all. scratch holds count. */
void tr_sort_index(const double *key, size_t *index, size_t count, size_t *scratch);

/* The same by a comparison: before(context, a, b) says that a must stand before b. */
typedef int (*tr_before)(const void *context, size_t a, size_t b);
void tr_sort_index_by(tr_before before, const void *context, size_t *index, size_t count, size_t *scratch);

#endif
