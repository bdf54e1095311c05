/* io/weight_index.h -- a model.safetensors.index.json: its two totals and the files it lists.
 *
 * These files name every tensor (half a million of them for the largest
 * models), and only a few words in them matter here, so they are scanned once
 * without building a tree. The form is checked as far as it is read.
 */
#ifndef TOKENROOF_SRC_IO_WEIGHT_INDEX_H
#define TOKENROOF_SRC_IO_WEIGHT_INDEX_H

#include <tokenroof/base.h>

#define TR_INDEX_SIZE_MAX ((size_t)256 << 20)
#define TR_INDEX_FILE_MAX 4096

typedef struct tr_weight_index {
    double total_byte;  /* metadata.total_size, 0 = not stated */
    double total_param; /* metadata.total_parameters, 0 = not stated */
    double tensor_count;
    int file_count; /* distinct files */
    char *file;     /* their names, one after another, each with its zero: free with tr_weight_index_free */
} tr_weight_index;

/* Errors: TR_EPARSE (line and column), TR_EDOMAIN, TR_ECAPACITY, TR_ENOMEM. */
tr_status tr_weight_index_parse(const char *text, size_t size, tr_weight_index *out, tr_error *err);
tr_status tr_weight_index_read(const char *path, tr_weight_index *out, tr_error *err);
void tr_weight_index_free(tr_weight_index *index);

#endif
