/* io/json_flat.c -- JSON text to a flat list of "path = value", each with its line and column. */
#include "io/json_flat.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/sort.h"
#include "io/file.h"

#define BLOCK_BYTE ((size_t)65536)

/* Keys and texts live in blocks that never move. */
typedef struct block {
    struct block *next;
    size_t used, size;
    char data[];
} block;

struct tr_flat {
    tr_flat_entry *entry;
    size_t count, room;
    size_t *by_key; /* positions in entry, sorted by key */
    block *blocks;
};

/* Where the walk stands in the text, in step with jansson's tree. The text is
 * valid JSON by then, so that no check is needed. */
typedef struct walk {
    const char *at;
    const char *start, *original; /* of the text as it is read, and as it was written */
    int line;
    const char *line_start;
    tr_flat *flat;
    tr_error *err;
    char path[TR_JSON_KEY_MAX];
} walk;

const char *tr_flat_kind_name(tr_flat_kind kind)
{
    switch (kind) {
    case TR_FLAT_NULL: return "null";
    case TR_FLAT_BOOL: return "true or false";
    case TR_FLAT_NUMBER: return "a number";
    case TR_FLAT_TEXT: return "a text";
    case TR_FLAT_EMPTY_LIST: return "an empty list";
    case TR_FLAT_EMPTY_OBJECT: return "an empty object";
    }
    return "a value";
}

/* ---- storage -------------------------------------------------------------- */

static const char *keep(tr_flat *flat, const char *text, size_t length)
{
    block *b = flat->blocks;
    if (b == NULL || b->size - b->used < length + 1) {
        const size_t size = length + 1 > BLOCK_BYTE ? length + 1 : BLOCK_BYTE;
        b = malloc(sizeof *b + size);
        if (b == NULL)
            return NULL;
        b->next = flat->blocks;
        b->used = 0;
        b->size = size;
        flat->blocks = b;
    }
    char *to = b->data + b->used;
    memcpy(to, text, length);
    to[length] = '\0';
    b->used += length + 1;
    return to;
}

static tr_flat_entry *append(walk *w, tr_flat_kind kind, int line, int column)
{
    tr_flat *flat = w->flat;
    if (flat->count == flat->room) {
        const size_t room = flat->room == 0 ? 256 : flat->room * 2;
        tr_flat_entry *more = realloc(flat->entry, room * sizeof *more);
        if (more == NULL)
            return NULL;
        flat->entry = more;
        flat->room = room;
    }
    const char *key = keep(flat, w->path, strlen(w->path));
    if (key == NULL)
        return NULL;
    tr_flat_entry *e = &flat->entry[flat->count++];
    *e = (tr_flat_entry){.key = key, .kind = kind, .text = "", .line = line, .column = column};
    return e;
}

void tr_flat_destroy(tr_flat *flat)
{
    if (flat == NULL)
        return;
    while (flat->blocks != NULL) {
        block *next = flat->blocks->next;
        free(flat->blocks);
        flat->blocks = next;
    }
    free(flat->by_key);
    free(flat->entry);
    free(flat);
}

/* ---- the walk ------------------------------------------------------------- */

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* To the next character that is not blank, a comma or a colon. */
static void skip_between(walk *w)
{
    while (is_space(*w->at) || *w->at == ',' || *w->at == ':') {
        if (*w->at == '\n') {
            w->line++;
            w->line_start = w->at + 1;
        }
        w->at++;
    }
}

static void skip_string(walk *w)
{
    for (w->at++; *w->at != '"'; w->at++) /* a text holds no raw line break */
        if (*w->at == '\\')
            w->at++;
    w->at++;
}

static void skip_word(walk *w)
{
    while (!is_space(*w->at) && *w->at != ',' && *w->at != ']' && *w->at != '}')
        w->at++;
}

static tr_status fail_here(walk *w, tr_status status, int line, int column, const char *what)
{
    return tr_fail_at(w->err, status, w->path, 0.0, line, column, "%s", what);
}

static tr_status walk_number(walk *w, json_t *value, tr_flat_entry *e)
{
    const int whole = json_is_integer(value);
    const double number = whole ? (double)json_integer_value(value) : json_real_value(value);
    /* The cast of an int64 rounds to even, so 2^53 + 1 would look like 2^53. */
    if (whole && (json_integer_value(value) > (json_int_t)TR_JSON_INTEGER_MAX ||
                  json_integer_value(value) < -(json_int_t)TR_JSON_INTEGER_MAX))
        return tr_fail_at(w->err, TR_EDOMAIN, w->path, number, e->line, e->column,
                          "the integer %lld is beyond 2^53, where counting stops being exact",
                          (long long)json_integer_value(value));
    if (!(fabs(number) <= 1.7976931348623157e308))
        return fail_here(w, TR_EDOMAIN, e->line, e->column, "the number is too large");
    e->number = number;
    e->whole = whole;
    return TR_OK;
}

static tr_status walk_value(walk *w, json_t *value, int depth);

/* One child: the path grows by a dot and name, and shrinks back. */
static tr_status walk_child(walk *w, const char *name, json_t *value, int depth)
{
    const size_t length = strlen(w->path), dot = length > 0, more = strlen(name);
    if (length + dot + more >= sizeof w->path)
        return tr_fail_at(w->err, TR_ECAPACITY, w->path, 0.0, w->line, (int)(w->at - w->line_start) + 1,
                          "the path of this key is longer than %d bytes", TR_JSON_KEY_MAX - 1);
    if (dot)
        w->path[length] = '.';
    memcpy(w->path + length + dot, name, more + 1);
    const tr_status s = walk_value(w, value, depth + 1);
    if (s == TR_OK)
        w->path[length] = '\0';
    return s;
}

static tr_status walk_object(walk *w, json_t *value, int depth)
{
    const char *name;
    json_t *child;
    w->at++;
    json_object_foreach(value, name, child)
    { /* in the order of insertion: the document's */
        skip_between(w);
        skip_string(w);
        const tr_status s = walk_child(w, name, child, depth);
        if (s != TR_OK)
            return s;
    }
    skip_between(w);
    w->at++;
    return TR_OK;
}

static tr_status walk_list(walk *w, json_t *value, int depth)
{
    const size_t count = json_array_size(value);
    w->at++;
    for (size_t i = 0; i < count; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "%zu", i);
        const tr_status s = walk_child(w, name, json_array_get(value, i), depth);
        if (s != TR_OK)
            return s;
    }
    skip_between(w);
    w->at++;
    return TR_OK;
}

static tr_flat_kind kind_of(json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return TR_FLAT_EMPTY_OBJECT;
    case JSON_ARRAY: return TR_FLAT_EMPTY_LIST;
    case JSON_STRING: return TR_FLAT_TEXT;
    case JSON_INTEGER:
    case JSON_REAL: return TR_FLAT_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return TR_FLAT_BOOL;
    case JSON_NULL: break;
    }
    return TR_FLAT_NULL;
}

static tr_status walk_value(walk *w, json_t *value, int depth)
{
    skip_between(w);
    const int line = w->line, column = (int)(w->at - w->line_start) + 1;
    if (depth > TR_JSON_DEPTH_MAX && (json_is_object(value) || json_is_array(value)))
        return fail_here(w, TR_ECAPACITY, line, column, "objects and lists are nested more than 32 deep");
    if (json_object_size(value) > 0)
        return walk_object(w, value, depth);
    if (json_array_size(value) > 0)
        return walk_list(w, value, depth);

    tr_flat_entry *e = append(w, kind_of(value), line, column);
    if (e == NULL)
        return fail_here(w, TR_ENOMEM, line, column, "out of memory");
    switch (e->kind) {
    case TR_FLAT_NUMBER: {
        const tr_status s = walk_number(w, value, e);
        if (s != TR_OK)
            return s;
        break;
    }
    case TR_FLAT_TEXT:
        e->text = keep(w->flat, json_string_value(value), json_string_length(value));
        if (e->text == NULL)
            return fail_here(w, TR_ENOMEM, line, column, "out of memory");
        skip_string(w);
        return TR_OK;
    case TR_FLAT_BOOL: e->number = json_is_true(value) ? 1.0 : 0.0; break;
    case TR_FLAT_EMPTY_LIST:
    case TR_FLAT_EMPTY_OBJECT:
        w->at++;
        skip_between(w);
        w->at++;
        return TR_OK;
    case TR_FLAT_NULL:
        if (w->original[w->at - w->start] != 'n')
            e->text = "Infinity";
        break;
    }
    skip_word(w);
    return TR_OK;
}

/* ---- index ---------------------------------------------------------------- */

static int key_before(const void *context, size_t a, size_t b)
{
    const tr_flat_entry *entry = context;
    return strcmp(entry[a].key, entry[b].key) < 0;
}

/* Keys with dots in them ({"a.b": 1, "a": {"b": 2}}) may meet on one path. */
static tr_status index_keys(tr_flat *flat, tr_error *err)
{
    const size_t n = flat->count;
    flat->by_key = malloc((n + 1) * sizeof *flat->by_key);
    size_t *scratch = malloc((n + 1) * sizeof *scratch);
    if (flat->by_key == NULL || scratch == NULL) {
        free(scratch);
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    }
    for (size_t i = 0; i < n; i++)
        flat->by_key[i] = i;
    tr_sort_index_by(key_before, flat->entry, flat->by_key, n, scratch);
    free(scratch);
    for (size_t i = 1; i < n; i++) {
        const tr_flat_entry *a = &flat->entry[flat->by_key[i - 1]], *b = &flat->entry[flat->by_key[i]];
        if (strcmp(a->key, b->key) == 0)
            return tr_fail_at(err, TR_ECONFLICT, b->key, 0.0, b->line, b->column,
                              "'%.120s' is given twice: here and on line %d", b->key, a->line);
    }
    return TR_OK;
}

size_t tr_flat_count(const tr_flat *flat) { return flat->count; }

const tr_flat_entry *tr_flat_at(const tr_flat *flat, size_t index)
{
    return index < flat->count ? &flat->entry[index] : NULL;
}

const tr_flat_entry *tr_flat_find(const tr_flat *flat, const char *key)
{
    size_t low = 0, high = flat->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const tr_flat_entry *e = &flat->entry[flat->by_key[middle]];
        const int order = strcmp(key, e->key);
        if (order == 0)
            return e;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *tr_flat_below(const char *key, const char *prefix)
{
    const size_t n = strlen(prefix);
    if (n == 0)
        return key;
    return strncmp(key, prefix, n) == 0 && key[n] == '.' ? key + n + 1 : NULL;
}

/* ---- parsing -------------------------------------------------------------- */

/* jansson quotes a piece of the input: keep the message to one printable line. */
static tr_status fail_jansson(tr_error *err, const json_error_t *e)
{
    char text[JSON_ERROR_TEXT_LENGTH];
    size_t n = 0;
    for (; n + 1 < sizeof text && e->text[n] != '\0'; n++) {
        const unsigned char c = (unsigned char)e->text[n];
        text[n] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
    }
    text[n] = '\0';
    const int line = e->line > 0 ? e->line : 0, column = e->column > 0 ? e->column : 0;
    switch (json_error_code(e)) {
    case json_error_out_of_memory:
        return tr_fail_at(err, TR_ENOMEM, NULL, 0.0, line, column, "out of memory");
    case json_error_duplicate_key:
        return tr_fail_at(err, TR_ECONFLICT, NULL, 0.0, line, column, "a key is given twice: %s", text);
    case json_error_numeric_overflow:
        return tr_fail_at(err, TR_EDOMAIN, NULL, 0.0, line, column, "a number is too large: %s", text);
    case json_error_stack_overflow:
        return tr_fail_at(err, TR_ECAPACITY, NULL, 0.0, line, column,
                          "objects and lists are nested more than %d deep", TR_JSON_DEPTH_MAX);
    default: return tr_fail_at(err, TR_EPARSE, NULL, 0.0, line, column, "not valid JSON: %s", text);
    }
}

/* Turn every bare Infinity into a null of the same length, so that positions
 * stay. Outside a text the word can only be a value. */
static void null_infinity(char *text, size_t size)
{
    static const char word[] = "Infinity";
    const size_t length = sizeof word - 1;
    int in_string = 0;
    for (size_t i = 0; i < size; i++) {
        if (in_string) {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                in_string = 0;
        } else if (text[i] == '"') {
            in_string = 1;
        } else if (text[i] == 'I' && size - i >= length && memcmp(text + i, word, length) == 0) {
            const int negative = i > 0 && text[i - 1] == '-';
            memset(text + i - negative, ' ', length + (size_t)negative);
            memcpy(text + i - negative, "null", 4);
            i += length - 1;
        }
    }
}

static tr_status parse_copy(const char *original, char *text, size_t size, tr_flat **out, tr_error *err)
{
    null_infinity(text, size);
    json_error_t jerr;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &jerr);
    if (root == NULL)
        return fail_jansson(err, &jerr);

    tr_status s = TR_OK;
    tr_flat *flat = calloc(1, sizeof *flat);
    walk *w = calloc(1, sizeof *w);
    if (flat == NULL || w == NULL) {
        s = tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    } else {
        *w = (walk){.at = text, .start = text, .original = original, .line = 1, .line_start = text, .flat = flat,
                    .err = err};
        skip_between(w);
        if (!json_is_object(root))
            s = tr_fail_at(err, TR_EPARSE, NULL, 0.0, w->line, (int)(w->at - w->line_start) + 1,
                           "expected an object in braces, found %s",
                           json_is_array(root) ? "a list" : tr_flat_kind_name(kind_of(root)));
        else if (json_object_size(root) > 0)
            s = walk_value(w, root, 1);
        if (s == TR_OK)
            s = index_keys(flat, err);
    }
    free(w);
    json_decref(root);
    if (s == TR_OK)
        *out = flat;
    else
        tr_flat_destroy(flat);
    return s;
}

tr_status tr_flat_parse(const char *text, size_t size, tr_flat **out, tr_error *err)
{
    if (size > TR_JSON_SIZE_MAX)
        return tr_fail(err, TR_ECAPACITY, NULL, (double)size,
                       "the text is larger than the limit of %zu bytes", TR_JSON_SIZE_MAX);
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    size_t blank = 0;
    while (blank < size && is_space(text[blank]))
        blank++;
    if (blank == size)
        return tr_fail_at(err, TR_EPARSE, NULL, 0.0, 1, 1, "expected a JSON object, found nothing");

    char *copy = malloc(size + 1); /* jansson reads the text with Infinity taken out */
    if (copy == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    memcpy(copy, text, size);
    copy[size] = '\0';
    const tr_status s = parse_copy(text, copy, size, out, err);
    free(copy);
    return s;
}

tr_status tr_flat_read(const char *path, tr_flat **out, tr_error *err)
{
    char *text = NULL;
    size_t size = 0;
    tr_status s = tr_file_read(path, TR_JSON_SIZE_MAX, &text, &size, err);
    if (s != TR_OK)
        return s;
    tr_error inner;
    s = tr_flat_parse(text, size, out, &inner);
    free(text);
    if (s != TR_OK && err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
    }
    return s;
}
