/* io/gguf.h -- the header of a .gguf file: its metadata and its tensors' names, types and shapes; never the
 * payload.
 *
 * Versions 2 and 3, little-endian. The header is enough: a file that was cut off behind it, or is still coming, is
 * read like the whole one. What the header claims is checked: counts, text lengths, shapes, and that no tensor lies
 * on another one.
 */
#ifndef TOKENROOF_SRC_IO_GGUF_H
#define TOKENROOF_SRC_IO_GGUF_H

#include <stdio.h>

#include "io/tensors.h"

#define TR_GGUF_LIST_MAX 4096 /* longer lists (vocabularies) keep only their length */
#define TR_GGUF_TEXT_MAX 512  /* longer texts (chat templates) are not kept */

typedef enum tr_gguf_kind { TR_GGUF_NUMBER = 0, TR_GGUF_BOOL, TR_GGUF_TEXT, TR_GGUF_LIST } tr_gguf_kind;

typedef struct tr_gguf_value {
    const char *key; /* "llama.block_count" */
    tr_gguf_kind kind;
    double number;      /* NUMBER; BOOL: 0 or 1 */
    const char *text;   /* TEXT; "" if it was too long */
    const double *list; /* LIST of numbers or bools, NULL for texts and long lists */
    double list_count;
} tr_gguf_value;

typedef struct tr_gguf tr_gguf;

/* Read one file; free with tr_gguf_destroy. Errors: TR_EIO, TR_EPARSE (cut inside the header: the value is how many
 * bytes are needed at the least), TR_EDOMAIN, TR_ECONFLICT, TR_ECAPACITY, TR_EUNKNOWN (a tensor type), TR_ENOMEM; texts
 * name the file and what is wrong. */
tr_status tr_gguf_read(const char *path, tr_gguf **out, tr_error *err);
/* The same from an open file of size_byte bytes, from its start. */
tr_status tr_gguf_parse(FILE *file, uint64_t size_byte, tr_gguf **out, tr_error *err);
void tr_gguf_destroy(tr_gguf *gguf); /* NULL is fine */

/* Bytes of the file: those that are here, and those it has with all of its tensors. */
double tr_gguf_size_byte(const tr_gguf *gguf);
double tr_gguf_whole_byte(const tr_gguf *gguf);

/* Add the tensors of another part of a split file to the first one's; more belongs to it from then on, also after an
 * error. Errors: TR_ENOMEM. */
tr_status tr_gguf_join(tr_gguf *gguf, tr_gguf *more, tr_error *err);
/* Parts that are joined, of how many that the file says it is split into (1: it is whole). */
double tr_gguf_parts_here(const tr_gguf *gguf);
double tr_gguf_parts(const tr_gguf *gguf);

const tr_gguf_value *tr_gguf_find(const tr_gguf *gguf, const char *key); /* NULL if absent */
size_t tr_gguf_value_count(const tr_gguf *gguf);
const tr_gguf_value *tr_gguf_value_at(const tr_gguf *gguf, size_t index);
size_t tr_gguf_tensor_count(const tr_gguf *gguf);
const tr_tensor *tr_gguf_tensor(const tr_gguf *gguf, size_t index);          /* dim[0] is the innermost */
const tr_tensor *tr_gguf_tensor_find(const tr_gguf *gguf, const char *name); /* NULL if absent */

/* 1 if the file starts as a GGUF file does. */
int tr_gguf_is(const char *path);

#endif
