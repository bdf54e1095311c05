/* files.c -- small weight files and folders, made by the tests themselves. */
#define _POSIX_C_SOURCE 200809L

#include "files.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- folders -------------------------------------------------------------- */

void folder_make(test_folder *folder)
{
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/tokenroof-io-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
}

void folder_remove(const test_folder *folder)
{
    DIR *dir = opendir(folder->path);
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            (void)remove(folder_path(folder, e->d_name));
    (void)closedir(dir);
    (void)rmdir(folder->path);
}

const char *folder_path(const test_folder *folder, const char *name)
{
    static char path[4][512];
    static int next;
    next = (next + 1) % 4;
    (void)snprintf(path[next], sizeof path[next], "%s/%s", folder->path, name);
    return path[next];
}

void folder_write(const test_folder *folder, const char *name, const void *data, size_t size)
{
    FILE *f = fopen(folder_path(folder, name), "wb");
    assert_non_null(f);
    if (size > 0)
        assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

void folder_text(const test_folder *folder, const char *name, const char *text)
{
    folder_write(folder, name, text, strlen(text));
}

/* ---- bytes ---------------------------------------------------------------- */

void bytes_add(bytes *b, const void *data, size_t size)
{
    if (b->size + size > b->room) {
        b->room = (b->room + size) * 2 + 64;
        unsigned char *more = realloc(b->data, b->room);
        assert_non_null(more);
        b->data = more;
    }
    if (size > 0)
        memcpy(b->data + b->size, data, size);
    b->size += size;
}

void bytes_number(bytes *b, uint64_t value, int width)
{
    unsigned char raw[8];
    for (int i = 0; i < width; i++)
        raw[i] = (unsigned char)(value >> (8 * i));
    bytes_add(b, raw, (size_t)width);
}

void bytes_zero(bytes *b, size_t size)
{
    static const unsigned char zeros[64];
    for (; size > sizeof zeros; size -= sizeof zeros)
        bytes_add(b, zeros, sizeof zeros);
    bytes_add(b, zeros, size);
}

void bytes_free(bytes *b)
{
    free(b->data);
    *b = (bytes){NULL, 0, 0};
}

/* ---- safetensors ---------------------------------------------------------- */

void tensor_add(tensor_file *f, const char *name, const char *dtype, const char *shape, uint64_t byte)
{
    char text[512];
    const int n = snprintf(text, sizeof text, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%llu,%llu]}",
                           f->count++ > 0 ? "," : "{\"__metadata__\":{\"format\":\"pt\"},", name, dtype, shape,
                           (unsigned long long)f->payload, (unsigned long long)(f->payload + byte));
    bytes_add(&f->header, text, (size_t)n);
    f->payload += byte;
}

bytes tensor_finish(tensor_file *f)
{
    bytes out = {NULL, 0, 0};
    bytes_add(&f->header, "}", 1);
    while (f->header.size % 8 != 0)
        bytes_add(&f->header, " ", 1);
    bytes_number(&out, f->header.size, 8);
    bytes_add(&out, f->header.data, f->header.size);
    bytes_zero(&out, (size_t)f->payload);
    bytes_free(&f->header);
    memset(f, 0, sizeof *f);
    return out;
}

void tensor_write(tensor_file *f, const test_folder *folder, const char *name)
{
    bytes all = tensor_finish(f);
    folder_write(folder, name, all.data, all.size);
    bytes_free(&all);
}

/* ---- GGUF ----------------------------------------------------------------- */

enum { GGUF_U32 = 4, GGUF_BOOL = 7, GGUF_TEXT = 8, GGUF_LIST = 9 };

static void put_text(bytes *b, const char *text)
{
    bytes_number(b, strlen(text), 8);
    bytes_add(b, text, strlen(text));
}

static void put_key(gguf_file *f, const char *key, uint32_t kind)
{
    put_text(&f->values, key);
    bytes_number(&f->values, kind, 4);
    f->value_count++;
}

void gguf_text(gguf_file *f, const char *key, const char *value)
{
    put_key(f, key, GGUF_TEXT);
    put_text(&f->values, value);
}

void gguf_u32(gguf_file *f, const char *key, uint32_t value)
{
    put_key(f, key, GGUF_U32);
    bytes_number(&f->values, value, 4);
}

void gguf_bools(gguf_file *f, const char *key, const char *zeros_and_ones)
{
    put_key(f, key, GGUF_LIST);
    bytes_number(&f->values, GGUF_BOOL, 4);
    bytes_number(&f->values, strlen(zeros_and_ones), 8);
    for (; *zeros_and_ones != '\0'; zeros_and_ones++)
        bytes_number(&f->values, *zeros_and_ones == '1', 1);
}

void gguf_u32s(gguf_file *f, const char *key, const uint32_t *value, size_t count)
{
    put_key(f, key, GGUF_LIST);
    bytes_number(&f->values, GGUF_U32, 4);
    bytes_number(&f->values, count, 8);
    for (size_t i = 0; i < count; i++)
        bytes_number(&f->values, value[i], 4);
}

void gguf_texts(gguf_file *f, const char *key, size_t count)
{
    put_key(f, key, GGUF_LIST);
    bytes_number(&f->values, GGUF_TEXT, 4);
    bytes_number(&f->values, count, 8);
    for (size_t i = 0; i < count; i++)
        put_text(&f->values, "t");
}

void gguf_tensor(gguf_file *f, const char *name, uint32_t type, uint64_t d0, uint64_t d1, uint64_t d2, uint64_t byte)
{
    const uint64_t dims[3] = {d0, d1, d2};
    const uint32_t rank = d2 > 0 ? 3 : d1 > 0 ? 2 : 1;
    put_text(&f->tensors, name);
    bytes_number(&f->tensors, rank, 4);
    for (uint32_t i = 0; i < rank; i++)
        bytes_number(&f->tensors, dims[i], 8);
    bytes_number(&f->tensors, type, 4);
    bytes_number(&f->tensors, f->payload, 8);
    f->payload = (f->payload + byte + 31) / 32 * 32;
    f->tensor_count++;
}

bytes gguf_finish(gguf_file *f)
{
    bytes out = {NULL, 0, 0};
    bytes_add(&out, "GGUF", 4);
    bytes_number(&out, 3, 4);
    bytes_number(&out, f->tensor_count, 8);
    bytes_number(&out, f->value_count, 8);
    bytes_add(&out, f->values.data, f->values.size);
    bytes_add(&out, f->tensors.data, f->tensors.size);
    while (out.size % 32 != 0)
        bytes_zero(&out, 1);
    bytes_zero(&out, (size_t)f->payload);
    bytes_free(&f->values);
    bytes_free(&f->tensors);
    memset(f, 0, sizeof *f);
    return out;
}
