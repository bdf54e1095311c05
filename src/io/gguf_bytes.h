/* io/gguf_bytes.h -- a buffered little-endian reader over a file of known length, and an arena. */
#ifndef TOKENROOF_SRC_IO_GGUF_BYTES_H
#define TOKENROOF_SRC_IO_GGUF_BYTES_H

#include <stdio.h>

#include <tokenroof/base.h>

#define TR_CLAIM_MAX ((uint64_t)1 << 40) /* a longer text or list is a lie, not a file that is cut short */

/* A reader that never goes past `size`, and that skips without reading. The
 * first failure sticks: after it every read gives 0. */
typedef struct tr_bytes {
    FILE *file;
    uint64_t size, at; /* of the file; position of the next byte */
    uint64_t after;    /* the reader's word: bytes that must follow what is read next, at the least */
    size_t have, next; /* in buffer */
    tr_status status;
    tr_error *err;
    unsigned char buffer[65536];
} tr_bytes;

uint64_t tr_bytes_left(const tr_bytes *bytes);
uint64_t tr_bytes_number(tr_bytes *bytes, int width); /* unsigned, 1 to 8 bytes */
void tr_bytes_copy(tr_bytes *bytes, char *out, size_t length);
void tr_bytes_skip(tr_bytes *bytes, uint64_t length);
/* 1 if so many bytes are left. Else fails: TR_EPARSE, value the length that the file needs at the least. */
int tr_bytes_expect(tr_bytes *bytes, uint64_t length);

/* Memory that lives until the arena is freed; NULL if there is none. */
typedef struct tr_arena {
    struct tr_arena_block *blocks;
} tr_arena;
void *tr_arena_take(tr_arena *arena, size_t size); /* aligned for double and pointers */
void tr_arena_free(tr_arena *arena);

#endif
