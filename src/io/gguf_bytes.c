/* io/gguf_bytes.c -- a buffered little-endian reader over a file of known length, and an arena. */
#define _POSIX_C_SOURCE 200809L

#include "io/gguf_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { BLOCK_BYTE = 65536 };

uint64_t tr_bytes_left(const tr_bytes *bytes) { return bytes->size - bytes->at; }

static int fail_short(tr_bytes *b, uint64_t length)
{
    const uint64_t need = b->at + length + b->after;
    if (b->status == TR_OK && length > TR_CLAIM_MAX)
        b->status = tr_fail(b->err, TR_EPARSE, NULL, (double)b->at,
                            "the header claims %llu bytes at byte %llu, which no file has: it is damaged",
                            (unsigned long long)length, (unsigned long long)b->at);
    else if (b->status == TR_OK)
        b->status = tr_fail(b->err, TR_EPARSE, NULL, (double)need,
                            "the file ends inside its header: %llu bytes are here, and at least %llu are needed "
                            "(32 MiB hold the header of most models)",
                            (unsigned long long)b->size, (unsigned long long)need);
    return 0;
}

int tr_bytes_expect(tr_bytes *bytes, uint64_t length)
{
    return bytes->status == TR_OK && (length <= tr_bytes_left(bytes) || fail_short(bytes, length));
}

/* At least one byte in the buffer; 0 at the end or after a failure. */
static int fill(tr_bytes *b)
{
    if (b->status != TR_OK)
        return 0;
    if (b->next < b->have)
        return 1;
    b->have = fread(b->buffer, 1, sizeof b->buffer, b->file);
    b->next = 0;
    return b->have > 0 ? 1 : fail_short(b, 1);
}

void tr_bytes_copy(tr_bytes *bytes, char *out, size_t length)
{
    (void)tr_bytes_expect(bytes, length);
    while (length > 0 && fill(bytes)) {
        size_t part = bytes->have - bytes->next;
        if (part > length)
            part = length;
        memcpy(out, bytes->buffer + bytes->next, part);
        bytes->next += part;
        bytes->at += part;
        out += part;
        length -= part;
    }
    memset(out, 0, length);
}

uint64_t tr_bytes_number(tr_bytes *bytes, int width)
{
    unsigned char raw[8];
    uint64_t value = 0;
    tr_bytes_copy(bytes, (char *)raw, (size_t)width);
    for (int i = width - 1; i >= 0; i--)
        value = value << 8 | raw[i];
    return bytes->status == TR_OK ? value : 0;
}

void tr_bytes_skip(tr_bytes *bytes, uint64_t length)
{
    if (!tr_bytes_expect(bytes, length))
        return;
    const size_t buffered = bytes->have - bytes->next;
    bytes->at += length;
    if (length <= buffered) {
        bytes->next += (size_t)length;
        return;
    }
    bytes->next = bytes->have;
    if (fseeko(bytes->file, (off_t)(length - buffered), SEEK_CUR) != 0)
        bytes->status = tr_fail(bytes->err, TR_EIO, NULL, 0.0, "the file could not be read further");
}

/* ---- arena ---------------------------------------------------------------- */

struct tr_arena_block {
    struct tr_arena_block *next;
    size_t used, size;
    max_align_t data[];
};

void *tr_arena_take(tr_arena *arena, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    struct tr_arena_block *b = arena->blocks;
    if (b == NULL || b->size - b->used < size) {
        const size_t room = size > BLOCK_BYTE ? size : BLOCK_BYTE;
        b = malloc(sizeof *b + room);
        if (b == NULL)
            return NULL;
        b->next = arena->blocks;
        b->used = 0;
        b->size = room;
        arena->blocks = b;
    }
    void *at = (char *)b->data + b->used;
    b->used += size;
    return at;
}

void tr_arena_free(tr_arena *arena)
{
    while (arena->blocks != NULL) {
        struct tr_arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
