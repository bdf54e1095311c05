/* io/gguf.c -- the header of a .gguf file: its metadata and its tensors' names, types and shapes; never the
 * payload. */
#include "io/gguf.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/sort.h"
#include "io/file.h"
#include "io/gguf_bytes.h"
#include "model/gguf_type.h"

enum {
    KEY_MAX = 256,
    NAME_MAX_BYTE = 256,
    VALUES_MAX = 4096,
    TENSORS_MAX = 1 << 20,
    NESTED_MAX = 4,
    RANK_MAX = 4,
    ENTRY_MIN_BYTE = 8 + 1 + 4 + 1,          /* the shortest metadata entry */
    TENSOR_MIN_BYTE = 8 + 1 + 4 + 8 + 4 + 8, /* the shortest tensor entry */
    ALIGNMENT_MAX = 1 << 20,
    ALIGNMENT_DEFAULT = 32
};

#define BYTE_MAX ((uint64_t)1 << 50) /* of a file: its elements, too, are counted exactly then */

enum { U8 = 0, I8, U16, I16, U32, I32, F32, BOOL, TEXT, LIST, U64, I64, F64 };

typedef struct span {
    uint64_t begin, end;
} span;

struct tr_gguf {
    tr_arena arena;
    tr_gguf_value *value;
    size_t values;
    tr_tensor *tensor;
    size_t tensors;
    uint64_t size, whole; /* bytes of the file: as it is, and with all of its tensors */
    tr_gguf *more;        /* parts that were joined, one behind another */
    double parts;
};

static tr_status fail(tr_bytes *b, tr_status status, const char *field, double value, const char *text)
{
    if (b->status == TR_OK)
        b->status = tr_fail(b->err, status, field, value, "%s", text);
    return b->status;
}

/* A text of at most limit bytes, kept; a longer one is skipped and gives "". NULL after a failure. */
static const char *read_text(tr_bytes *b, tr_gguf *g, size_t limit)
{
    const uint64_t length = tr_bytes_number(b, 8);
    if (length >= limit) {
        tr_bytes_skip(b, length);
        return b->status == TR_OK ? "" : NULL;
    }
    char *text = tr_arena_take(&g->arena, (size_t)length + 1);
    if (text == NULL) {
        (void)fail(b, TR_ENOMEM, NULL, 0.0, "out of memory");
        return NULL;
    }
    tr_bytes_copy(b, text, (size_t)length);
    text[length] = '\0';
    return b->status == TR_OK ? text : NULL;
}

/* Bytes of a fixed-size value; 0 for texts, lists and unknown types. */
static int width_of(uint32_t kind)
{
    static const int width[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return kind < sizeof width / sizeof width[0] ? width[kind] : 0;
}

static double read_number(tr_bytes *b, uint32_t kind)
{
    const uint64_t raw = tr_bytes_number(b, width_of(kind));
    float single;
    double wide;
    switch (kind) {
    case I8: return (double)(int8_t)(uint8_t)raw;
    case I16: return (double)(int16_t)(uint16_t)raw;
    case I32: return (double)(int32_t)(uint32_t)raw;
    case I64: return (double)(int64_t)raw;
    case BOOL: return raw != 0 ? 1.0 : 0.0;
    case F32: {
        const uint32_t bits = (uint32_t)raw;
        memcpy(&single, &bits, sizeof single);
        return (double)single;
    }
    case F64: memcpy(&wide, &raw, sizeof wide); return wide;
    default: return (double)raw;
    }
}

/* A list: numbers of a reasonable count are kept, everything else is skipped. */
static void read_list(tr_bytes *b, tr_gguf *g, tr_gguf_value *out, int depth)
{
    const uint32_t kind = (uint32_t)tr_bytes_number(b, 4);
    const uint64_t count = tr_bytes_number(b, 8);
    const int width = width_of(kind);
    if (b->status != TR_OK)
        return;
    if ((width == 0 && kind != TEXT && kind != LIST) || depth > NESTED_MAX) {
        (void)fail(b, TR_EPARSE, out->key, (double)kind,
                   "a metadata list is of an unknown kind, or nested too deep");
        return;
    }
    const uint64_t least = width > 0 ? (uint64_t)width : 8; /* a text or list takes its own length at least */
    if (count > TR_CLAIM_MAX / least) {
        (void)fail(b, TR_EPARSE, out->key, (double)count, "a metadata list claims more items than any file holds");
        return;
    }
    if (!tr_bytes_expect(b, count * least))
        return;
    out->list_count = (double)count;
    if (width > 0 && count <= TR_GGUF_LIST_MAX) {
        double *list = tr_arena_take(&g->arena, ((size_t)count + 1) * sizeof *list);
        if (list == NULL) {
            (void)fail(b, TR_ENOMEM, NULL, 0.0, "out of memory");
            return;
        }
        for (uint64_t i = 0; i < count && b->status == TR_OK; i++)
            list[i] = read_number(b, kind);
        out->list = list;
    } else if (width > 0) {
        tr_bytes_skip(b, count * (uint64_t)width);
    } else {
        const uint64_t after = b->after;
        for (uint64_t i = 0; i < count && b->status == TR_OK; i++) {
            tr_gguf_value inner = {.key = out->key};
            b->after = after + (count - i - 1) * least;
            if (kind == TEXT)
                tr_bytes_skip(b, tr_bytes_number(b, 8));
            else
                read_list(b, g, &inner, depth + 1);
        }
        b->after = after;
    }
}

static void read_value(tr_bytes *b, tr_gguf *g, tr_gguf_value *out)
{
    memset(out, 0, sizeof *out);
    out->text = "";
    out->key = read_text(b, g, KEY_MAX);
    const uint32_t kind = (uint32_t)tr_bytes_number(b, 4);
    if (b->status != TR_OK)
        return;
    if (out->key[0] == '\0') {
        (void)fail(b, TR_EPARSE, NULL, 0.0, "a metadata key is empty or longer than 255 bytes");
    } else if (kind == TEXT) {
        out->kind = TR_GGUF_TEXT;
        out->text = read_text(b, g, TR_GGUF_TEXT_MAX);
    } else if (kind == LIST) {
        out->kind = TR_GGUF_LIST;
        read_list(b, g, out, 1);
    } else if (width_of(kind) > 0) {
        out->kind = kind == BOOL ? TR_GGUF_BOOL : TR_GGUF_NUMBER;
        out->number = read_number(b, kind);
    } else {
        (void)fail(b, TR_EPARSE, out->key, (double)kind, "a metadata value is of an unknown kind");
    }
}

static tr_status read_values(tr_bytes *b, tr_gguf *g, uint64_t count)
{
    const uint64_t tensors = b->after;
    if (count > VALUES_MAX)
        return fail(b, TR_EDOMAIN, NULL, (double)count, "the header claims more metadata than any model has");
    if (!tr_bytes_expect(b, count * ENTRY_MIN_BYTE))
        return b->status;
    g->value = tr_arena_take(&g->arena, ((size_t)count + 1) * sizeof *g->value);
    if (g->value == NULL)
        return fail(b, TR_ENOMEM, NULL, 0.0, "out of memory");
    for (uint64_t i = 0; i < count && b->status == TR_OK; i++) {
        b->after = tensors + (count - i - 1) * ENTRY_MIN_BYTE;
        read_value(b, g, &g->value[i]);
        if (b->status == TR_OK && tr_gguf_find(g, g->value[i].key) != NULL)
            (void)fail(b, TR_ECONFLICT, g->value[i].key, 0.0, "a metadata key is given twice");
        g->values += b->status == TR_OK;
    }
    return b->status;
}

/* ---- tensors -------------------------------------------------------------- */

static tr_status fail_tensor(tr_bytes *b, tr_status status, const char *name, const char *what)
{
    if (b->status == TR_OK)
        b->status = tr_fail(b->err, status, NULL, 0.0, "tensor '%.120s' %s", name, what);
    return b->status;
}

static tr_status read_shape(tr_bytes *b, tr_tensor *t, uint64_t *elem, uint64_t *row)
{
    const uint64_t rank = tr_bytes_number(b, 4);
    if (b->status == TR_OK && rank > RANK_MAX)
        return fail_tensor(b, TR_EPARSE, t->name, "has more than 4 dimensions");
    t->rank = (int)rank;
    *elem = 1;
    *row = 1;
    for (uint64_t i = 0; i < rank; i++) {
        const uint64_t dim = tr_bytes_number(b, 8);
        if (dim != 0 && *elem > (uint64_t)1 << 58 && b->status == TR_OK)
            return fail_tensor(b, TR_EDOMAIN, t->name, "has a shape that multiplies beyond 2^58");
        if (dim != 0 && *elem > ((uint64_t)1 << 58) / dim)
            return fail_tensor(b, TR_EDOMAIN, t->name, "has a shape that multiplies beyond 2^58");
        *elem *= dim;
        if (i == 0)
            *row = dim;
        t->dim[i] = (double)dim;
    }
    return b->status;
}

static tr_status read_tensor(tr_bytes *b, tr_gguf *g, tr_tensor *t, span *where)
{
    uint64_t elem = 0, row = 0;
    memset(t, 0, sizeof *t);
    t->name = read_text(b, g, NAME_MAX_BYTE);
    if (b->status != TR_OK)
        return b->status;
    if (t->name[0] == '\0')
        return fail(b, TR_EPARSE, NULL, 0.0, "a tensor name is empty or longer than 255 bytes");
    if (read_shape(b, t, &elem, &row) != TR_OK)
        return b->status;
    const tr_gguf_type *kind = tr_gguf_type_of((uint32_t)tr_bytes_number(b, 4));
    where->begin = tr_bytes_number(b, 8);
    if (b->status != TR_OK)
        return b->status;
    if (kind == NULL)
        return fail_tensor(b, TR_EUNKNOWN, t->name, "is of a type that is not known");
    if (row % kind->block_elem != 0)
        return fail_tensor(b, TR_EDOMAIN, t->name, "has rows that are not a whole number of its type's blocks");
    const uint64_t byte = elem / kind->block_elem * kind->block_byte;
    if (where->begin > BYTE_MAX || byte > BYTE_MAX - where->begin)
        return fail_tensor(b, TR_EDOMAIN, t->name, "lies beyond 2^50 bytes");
    where->end = where->begin + byte;
    t->format = kind->name;
    t->dtype = kind->dtype;
    t->elem = (double)elem;
    t->byte = (double)byte;
    return TR_OK;
}

static int span_before(const void *context, size_t a, size_t b)
{
    const span *s = context;
    return s[a].begin < s[b].begin || (s[a].begin == s[b].begin && s[a].end < s[b].end);
}

/* Tensors lie at multiples of the alignment and not on each other. *end: of the last one, from where they begin. */
static tr_status check_cover(tr_bytes *b, const tr_gguf *g, const span *where, uint64_t alignment, uint64_t *end)
{
    size_t *order = malloc((2 * g->tensors + 2) * sizeof *order);
    if (order == NULL)
        return fail(b, TR_ENOMEM, NULL, 0.0, "out of memory");
    for (size_t i = 0; i < g->tensors; i++)
        order[i] = i;
    tr_sort_index_by(span_before, where, order, g->tensors, order + g->tensors + 1);
    *end = 0;
    for (size_t i = 0; i < g->tensors && b->status == TR_OK; i++) {
        const span *w = &where[order[i]];
        const char *name = g->tensor[order[i]].name;
        if (w->begin % alignment != 0)
            (void)fail_tensor(b, TR_EDOMAIN, name, "does not start at a multiple of the file's alignment");
        else if (w->begin < *end)
            (void)fail_tensor(b, TR_ECONFLICT, name, "overlaps another one");
        *end = w->end;
    }
    free(order);
    return b->status;
}

static tr_status read_tensors(tr_bytes *b, tr_gguf *g, uint64_t count, uint64_t alignment)
{
    b->after = 0;
    if (!tr_bytes_expect(b, count * TENSOR_MIN_BYTE))
        return b->status;
    g->tensor = tr_arena_take(&g->arena, ((size_t)count + 1) * sizeof *g->tensor);
    span *where = malloc(((size_t)count + 1) * sizeof *where);
    if (g->tensor == NULL || where == NULL) {
        free(where);
        return fail(b, TR_ENOMEM, NULL, 0.0, "out of memory");
    }
    for (uint64_t i = 0; i < count && b->status == TR_OK; i++) {
        b->after = (count - i - 1) * TENSOR_MIN_BYTE;
        g->tensors += read_tensor(b, g, &g->tensor[i], &where[i]) == TR_OK;
    }
    uint64_t end = 0;
    if (b->status == TR_OK)
        (void)check_cover(b, g, where, alignment, &end);
    g->whole = end > 0 ? (b->at + alignment - 1) / alignment * alignment + end : b->at;
    free(where);
    return b->status;
}

/* ---- file ----------------------------------------------------------------- */

/* Other files that people hold for one. */
static tr_status fail_magic(tr_bytes *b, const char *magic)
{
    static const struct {
        char magic[5], what[88];
    } known[] = {
        {"FUGG", "a GGUF file of a big-endian machine: convert it with gguf_convert_endian.py"},
        {"ggml", "a GGML file, from before GGUF (2023): convert the model again"},
        {"tjgg", "a GGJT file, from before GGUF (2023): convert the model again"},
        {"fmgg", "a GGMF file, from before GGUF (2023): convert the model again"},
        {"lmgg", "a GGML file, from before GGUF (2023): convert the model again"},
        {"PK\3\4", "a zip file, such as PyTorch saves: its config.json tells the model"},
        {"<!do", "a web page: was the link to a file's page, not to the file (resolve/main)?"},
        {"<!DO", "a web page: was the link to a file's page, not to the file (resolve/main)?"},
        {"<htm", "a web page: was the link to a file's page, not to the file (resolve/main)?"},
        {"vers", "a Git LFS pointer, not the file itself: fetch it with git lfs pull"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (memcmp(magic, known[i].magic, 4) == 0)
            return fail(b, TR_EPARSE, NULL, 0.0, known[i].what);
    return fail(b, TR_EPARSE, NULL, 0.0, "it does not start with GGUF: another kind of file");
}

static tr_status fail_version(tr_bytes *b, uint32_t version)
{
    if ((version & 0xffffu) == 0 && version != 0)
        return fail(b, TR_EPARSE, NULL, (double)version,
                    "a big-endian GGUF file; expected a little-endian one: convert it with gguf_convert_endian.py");
    b->status = tr_fail(b->err, TR_EPARSE, NULL, (double)version, "GGUF version %u; expected 2 or 3%s",
                        (unsigned)version,
                        version == 1 ? ": version 1 (August 2023) has shorter counts, convert the model again" : "");
    return b->status;
}

static tr_status read_all(tr_bytes *b, tr_gguf *g)
{
    char magic[4];
    tr_bytes_copy(b, magic, sizeof magic);
    const uint32_t version = (uint32_t)tr_bytes_number(b, 4);
    if (b->status == TR_OK && memcmp(magic, "GGUF", 4) != 0)
        return fail_magic(b, magic);
    if (b->status == TR_OK && (version < 2 || version > 3))
        return fail_version(b, version);
    b->after = 8;
    const uint64_t tensors = tr_bytes_number(b, 8);
    b->after = 0;
    const uint64_t values = tr_bytes_number(b, 8);
    if (tensors > TENSORS_MAX)
        return fail(b, TR_EDOMAIN, NULL, (double)tensors, "the header claims more tensors than any model has");
    b->after = tensors * TENSOR_MIN_BYTE;
    if (b->status != TR_OK || read_values(b, g, values) != TR_OK)
        return b->status;
    uint64_t alignment = ALIGNMENT_DEFAULT;
    const tr_gguf_value *a = tr_gguf_find(g, "general.alignment");
    if (a != NULL) {
        if (a->kind != TR_GGUF_NUMBER || !(a->number >= 1.0 && a->number <= ALIGNMENT_MAX))
            return fail(b, TR_EDOMAIN, a->key, a->number, "expected an alignment of 1 to 1,048,576 bytes");
        alignment = (uint64_t)a->number;
    }
    return read_tensors(b, g, tensors, alignment);
}

tr_status tr_gguf_parse(FILE *file, uint64_t size_byte, tr_gguf **out, tr_error *err)
{
    tr_gguf *g = calloc(1, sizeof *g);
    tr_bytes *b = calloc(1, sizeof *b);
    if (g == NULL || b == NULL) {
        free(g);
        free(b);
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    }
    g->parts = 1.0;
    b->file = file;
    b->size = size_byte;
    b->err = err;
    const tr_status s = read_all(b, g);
    g->size = size_byte;
    free(b);
    if (s == TR_OK)
        *out = g;
    else
        tr_gguf_destroy(g);
    return s;
}

tr_status tr_gguf_read(const char *path, tr_gguf **out, tr_error *err)
{
    FILE *file = NULL;
    uint64_t size_byte = 0;
    tr_status s = tr_file_open(path, &file, &size_byte, err);
    if (s != TR_OK)
        return s;
    tr_error inner = {.text = ""};
    s = tr_gguf_parse(file, size_byte, out, &inner);
    (void)fclose(file);
    if (s != TR_OK && err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
    }
    return s;
}

void tr_gguf_destroy(tr_gguf *gguf)
{
    while (gguf != NULL) {
        tr_gguf *more = gguf->more;
        tr_arena_free(&gguf->arena);
        free(gguf);
        gguf = more;
    }
}

tr_status tr_gguf_join(tr_gguf *gguf, tr_gguf *more, tr_error *err)
{
    tr_gguf *last = gguf;
    while (last->more != NULL)
        last = last->more;
    last->more = more;
    tr_tensor *both = tr_arena_take(&gguf->arena, (gguf->tensors + more->tensors + 1) * sizeof *both);
    if (both == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    if (gguf->tensors > 0)
        memcpy(both, gguf->tensor, gguf->tensors * sizeof *both);
    if (more->tensors > 0)
        memcpy(both + gguf->tensors, more->tensor, more->tensors * sizeof *both);
    gguf->tensor = both;
    gguf->tensors += more->tensors;
    gguf->parts += more->parts;
    return TR_OK;
}

double tr_gguf_parts_here(const tr_gguf *gguf) { return gguf->parts; }

double tr_gguf_parts(const tr_gguf *gguf)
{
    const tr_gguf_value *count = tr_gguf_find(gguf, "split.count");
    const int told = count != NULL && count->kind == TR_GGUF_NUMBER && count->number >= 1.0 && count->number < 100000.0;
    return told && count->number > gguf->parts ? count->number : gguf->parts;
}

double tr_gguf_size_byte(const tr_gguf *gguf) { return (double)gguf->size; }
double tr_gguf_whole_byte(const tr_gguf *gguf) { return (double)gguf->whole; }
size_t tr_gguf_value_count(const tr_gguf *gguf) { return gguf->values; }
size_t tr_gguf_tensor_count(const tr_gguf *gguf) { return gguf->tensors; }

const tr_gguf_value *tr_gguf_value_at(const tr_gguf *gguf, size_t index)
{
    return index < gguf->values ? &gguf->value[index] : NULL;
}

const tr_tensor *tr_gguf_tensor(const tr_gguf *gguf, size_t index)
{
    return index < gguf->tensors ? &gguf->tensor[index] : NULL;
}

const tr_gguf_value *tr_gguf_find(const tr_gguf *gguf, const char *key)
{
    for (size_t i = 0; i < gguf->values; i++)
        if (strcmp(gguf->value[i].key, key) == 0)
            return &gguf->value[i];
    return NULL;
}

const tr_tensor *tr_gguf_tensor_find(const tr_gguf *gguf, const char *name)
{
    for (size_t i = 0; i < gguf->tensors; i++)
        if (strcmp(gguf->tensor[i].name, name) == 0)
            return &gguf->tensor[i];
    return NULL;
}

int tr_gguf_is(const char *path)
{
    char magic[4] = "";
    FILE *file = NULL;
    uint64_t size_byte = 0;
    if (tr_file_open(path, &file, &size_byte, NULL) != TR_OK)
        return 0;
    const size_t got = fread(magic, 1, sizeof magic, file);
    (void)fclose(file);
    return got == sizeof magic && memcmp(magic, "GGUF", 4) == 0;
}
