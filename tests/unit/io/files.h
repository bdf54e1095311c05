/* files.h -- small weight files and folders, made by the tests themselves. */
#ifndef TOKENROOF_TESTS_UNIT_IO_FILES_H
#define TOKENROOF_TESTS_UNIT_IO_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A folder below /tmp that goes away with everything in it. */
typedef struct test_folder {
    char path[64];
} test_folder;
void folder_make(test_folder *folder);
void folder_remove(const test_folder *folder);
/* folder/name in a static buffer, good until the next call but three. */
const char *folder_path(const test_folder *folder, const char *name);
void folder_write(const test_folder *folder, const char *name, const void *data, size_t size);
void folder_text(const test_folder *folder, const char *name, const char *text);

/* Bytes that grow. */
typedef struct bytes {
    unsigned char *data;
    size_t size, room;
} bytes;
void bytes_add(bytes *b, const void *data, size_t size);
void bytes_number(bytes *b, uint64_t value, int width); /* little-endian */
void bytes_zero(bytes *b, size_t size);
void bytes_free(bytes *b);

/* A safetensors file: tensors of zeros, one after another. */
typedef struct tensor_file {
    bytes header;
    uint64_t payload;
    int count;
} tensor_file;
/* shape as in the file: "[8, 16]"; byte: of all elements. */
void tensor_add(tensor_file *f, const char *name, const char *dtype, const char *shape, uint64_t byte);
/* The whole file's bytes; frees f. */
bytes tensor_finish(tensor_file *f);
void tensor_write(tensor_file *f, const test_folder *folder, const char *name);

/* A GGUF file. */
typedef struct gguf_file {
    bytes values, tensors;
    uint64_t value_count, tensor_count, payload;
} gguf_file;
void gguf_text(gguf_file *f, const char *key, const char *value);
void gguf_u32(gguf_file *f, const char *key, uint32_t value);
void gguf_bools(gguf_file *f, const char *key, const char *zeros_and_ones);
void gguf_u32s(gguf_file *f, const char *key, const uint32_t *value, size_t count);
void gguf_texts(gguf_file *f, const char *key, size_t count); /* a vocabulary of "t" */
/* dims innermost first; type is ggml's number; byte: of the tensor's data. */
void gguf_tensor(gguf_file *f, const char *name, uint32_t type, uint64_t d0, uint64_t d1, uint64_t d2, uint64_t byte);
bytes gguf_finish(gguf_file *f);

#endif
