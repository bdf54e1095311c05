/* io/safetensors.c -- the header of a .safetensors file: names, formats and shapes; never the payload. */
#include "io/safetensors.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/sort.h"
#include "io/file.h"

/* Bits an element takes, and what it is; whole numbers may hold packed ones of another kind. */
typedef struct format {
    const char *name;
    uint64_t bit;
    tr_dtype dtype;
} format;

static const format formats[] = {
    {"BOOL", 8, TR_DTYPE_NATIVE},    {"U8", 8, TR_DTYPE_NATIVE},       {"I8", 8, TR_DTYPE_INT8},
    {"F8_E4M3", 8, TR_DTYPE_FP8},    {"F8_E5M2", 8, TR_DTYPE_FP8},     {"F8_E8M0", 8, TR_DTYPE_FP8},
    {"F4", 4, TR_DTYPE_FP4},         {"F6_E2M3", 6, TR_DTYPE_NATIVE},  {"F6_E3M2", 6, TR_DTYPE_NATIVE},
    {"I16", 16, TR_DTYPE_NATIVE},    {"U16", 16, TR_DTYPE_NATIVE},     {"F16", 16, TR_DTYPE_BF16},
    {"BF16", 16, TR_DTYPE_BF16},     {"I32", 32, TR_DTYPE_NATIVE},     {"U32", 32, TR_DTYPE_NATIVE},
    {"F32", 32, TR_DTYPE_FP32},      {"I64", 64, TR_DTYPE_NATIVE},     {"U64", 64, TR_DTYPE_NATIVE},
    {"F64", 64, TR_DTYPE_FP32},      {"C64", 64, TR_DTYPE_NATIVE},     {"F8_E4M3FNUZ", 8, TR_DTYPE_FP8},
    {"F8_E5M2FNUZ", 8, TR_DTYPE_FP8},
};

typedef struct span {
    uint64_t begin, end;
    const char *name;
} span;

static const format *format_of(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

/* A JSON integer >= 0. */
static int is_count(const json_t *value) { return json_is_integer(value) && json_integer_value(value) >= 0; }

static tr_status read_shape(const char *name, const json_t *shape, tr_tensor *out, uint64_t *elem,
                            tr_error *err)
{
    const size_t rank = json_array_size(shape);
    if (!json_is_array(shape) || rank > TR_TENSOR_DIM_MAX)
        return tr_fail(err, TR_EPARSE, "shape", (double)rank,
                       "tensor '%.120s': expected a shape of at most %d numbers", name, TR_TENSOR_DIM_MAX);
    *elem = 1;
    out->rank = (int)rank;
    for (size_t i = 0; i < rank; i++) {
        const json_t *d = json_array_get(shape, i);
        if (!is_count(d))
            return tr_fail(err, TR_EPARSE, "shape", 0.0,
                           "tensor '%.120s': expected whole numbers >= 0 in its shape", name);
        const uint64_t dim = (uint64_t)json_integer_value(d);
        if (dim != 0 && *elem > UINT64_MAX / 64 / dim)
            return tr_fail(err, TR_EDOMAIN, "shape", 0.0, "tensor '%.120s': its shape multiplies beyond 2^58",
                           name);
        *elem *= dim;
        out->dim[i] = (double)dim;
    }
    return TR_OK;
}

static tr_status read_offsets(const char *name, const json_t *offsets, uint64_t payload_byte, span *out,
                              tr_error *err)
{
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || !is_count(begin) || !is_count(end))
        return tr_fail(err, TR_EPARSE, "data_offsets", 0.0,
                       "tensor '%.120s': expected data_offsets of two whole numbers >= 0", name);
    out->begin = (uint64_t)json_integer_value(begin);
    out->end = (uint64_t)json_integer_value(end);
    out->name = name;
    if (out->begin > out->end || out->end > payload_byte)
        return tr_fail(err, TR_EDOMAIN, "data_offsets", (double)out->end,
                       "tensor '%.120s': its bytes %llu to %llu are not inside a payload of %llu bytes", name,
                       (unsigned long long)out->begin, (unsigned long long)out->end,
                       (unsigned long long)payload_byte);
    return TR_OK;
}

static tr_status read_tensor(const char *name, const json_t *value, uint64_t payload_byte, tr_tensor *tensor,
                             span *where, tr_error *err)
{
    const json_t *dtype = json_object_get(value, "dtype");
    if (!json_is_object(value) || !json_is_string(dtype))
        return tr_fail(err, TR_EPARSE, "dtype", 0.0,
                       "tensor '%.120s': expected an object with dtype, shape and data_offsets", name);
    const format *f = format_of(json_string_value(dtype));
    if (f == NULL)
        return tr_fail(err, TR_EUNKNOWN, "dtype", 0.0,
                       "tensor '%.120s': '%.20s' is not a number format of safetensors", name,
                       json_string_value(dtype));
    memset(tensor, 0, sizeof *tensor);
    tensor->name = name;
    tensor->format = f->name;
    tensor->dtype = f->dtype;
    uint64_t elem = 0;
    tr_status s = read_shape(name, json_object_get(value, "shape"), tensor, &elem, err);
    if (s == TR_OK)
        s = read_offsets(name, json_object_get(value, "data_offsets"), payload_byte, where, err);
    if (s != TR_OK)
        return s;
    const uint64_t byte = where->end - where->begin;
    if (elem * f->bit % 8 != 0 || elem * f->bit / 8 != byte)
        return tr_fail(err, TR_ECONFLICT, "data_offsets", (double)byte,
                       "tensor '%.120s': %llu elements of %s do not take %llu bytes", name,
                       (unsigned long long)elem, f->name, (unsigned long long)byte);
    tensor->elem = (double)elem;
    tensor->byte = (double)byte;
    return TR_OK;
}

static int span_before(const void *context, size_t a, size_t b)
{
    const span *s = context;
    return s[a].begin < s[b].begin || (s[a].begin == s[b].begin && s[a].end < s[b].end);
}

/* The format asks that tensors follow each other without gap: anything else is a damaged or a hostile file.
 */
static tr_status check_cover(const span *where, size_t count, uint64_t payload_byte, tr_error *err)
{
    size_t *order = malloc((2 * count + 2) * sizeof *order);
    if (order == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    tr_sort_index_by(span_before, where, order, count, order + count + 1);
    uint64_t at = 0;
    tr_status s = TR_OK;
    for (size_t i = 0; i < count && s == TR_OK; i++) {
        const span *w = &where[order[i]];
        if (w->begin != at)
            s = tr_fail(err, TR_ECONFLICT, "data_offsets", (double)w->begin,
                        w->begin < at ? "tensor '%.120s' overlaps the one before it"
                                      : "a gap lies before tensor '%.120s'",
                        w->name);
        at = w->end;
    }
    if (s == TR_OK && at != payload_byte)
        s = tr_fail(err, TR_ECONFLICT, "data_offsets", (double)at,
                    "the tensors take %llu bytes, the payload has %llu", (unsigned long long)at,
                    (unsigned long long)payload_byte);
    free(order);
    return s;
}

static tr_status check_metadata(json_t *metadata, tr_error *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return tr_fail(err, TR_EPARSE, "__metadata__", 0.0, "expected __metadata__ to be an object of texts");
    json_object_foreach(metadata, key, value) if (!json_is_string(value)) return tr_fail(
        err, TR_EPARSE, "__metadata__", 0.0, "__metadata__ '%.80s': expected a text", key);
    return TR_OK;
}

static tr_status add_all(json_t *root, uint64_t payload_byte, span *where, tr_tensors *sums, tr_error *err)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    json_object_foreach(root, name, value)
    {
        tr_status s;
        if (strcmp(name, "__metadata__") == 0) {
            s = check_metadata(value, err);
        } else {
            tr_tensor tensor;
            s = read_tensor(name, value, payload_byte, &tensor, &where[count], err);
            if (s == TR_OK)
                s = tr_tensors_add(sums, &tensor, err);
            count++;
        }
        if (s != TR_OK)
            return s;
    }
    return check_cover(where, count, payload_byte, err);
}

tr_status tr_safetensors_parse(const char *header, size_t size, uint64_t payload_byte, tr_tensors *sums,
                               tr_error *err)
{
    json_error_t jerr;
    if (size == 0 || header[0] != '{')
        return tr_fail(err, TR_EPARSE, NULL, 0.0,
                       "a safetensors header starts with '{'; this is another kind of file");
    json_t *root = json_loadb(header, size, JSON_REJECT_DUPLICATES, &jerr);
    if (!json_is_object(root)) {
        json_decref(root);
        return tr_fail(err, TR_EPARSE, NULL, 0.0, "the header is not valid JSON (at byte %d)",
                       root == NULL ? jerr.position : 0);
    }
    tr_tensors grown = *sums;
    span *where = malloc((json_object_size(root) + 1) * sizeof *where);
    const tr_status s = where == NULL ? tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory")
                                      : add_all(root, payload_byte, where, &grown, err);
    free(where);
    json_decref(root);
    if (s == TR_OK)
        *sums = grown;
    return s;
}

static tr_status read_header(FILE *file, uint64_t file_byte, tr_tensors *sums, tr_error *err)
{
    unsigned char raw[8];
    if (file_byte < sizeof raw || fread(raw, 1, sizeof raw, file) != sizeof raw)
        return tr_fail(err, TR_EPARSE, NULL, 0.0, "too short for a safetensors file");
    uint64_t size = 0;
    for (int i = 7; i >= 0; i--)
        size = size << 8 | raw[i];
    if (size > file_byte - sizeof raw || size > TR_SAFETENSORS_HEADER_MAX)
        return tr_fail(
            err, TR_EDOMAIN, NULL, (double)size,
            "its header claims %llu bytes; expected at most %llu: damaged, or another kind of file",
            (unsigned long long)size,
            (unsigned long long)(file_byte - 8 < TR_SAFETENSORS_HEADER_MAX ? file_byte - 8
                                                                           : TR_SAFETENSORS_HEADER_MAX));
    char *header = malloc((size_t)size + 1);
    if (header == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    tr_status s;
    if (fread(header, 1, (size_t)size, file) != (size_t)size)
        s = tr_fail(err, TR_EIO, NULL, 0.0, "its header could not be read");
    else
        s = tr_safetensors_parse(header, (size_t)size, file_byte - 8 - size, sums, err);
    free(header);
    return s;
}

tr_status tr_safetensors_read(const char *path, tr_tensors *sums, tr_error *err)
{
    FILE *file = NULL;
    uint64_t file_byte = 0;
    tr_status s = tr_file_open(path, &file, &file_byte, err);
    if (s != TR_OK)
        return s;
    tr_error inner = {.text = ""};
    s = read_header(file, file_byte, sums, &inner);
    (void)fclose(file);
    if (s != TR_OK && err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
    }
    return s;
}
