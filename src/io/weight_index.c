/* io/weight_index.c -- a model.safetensors.index.json: its two totals and the files it lists. */
#include "io/weight_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"

enum { NAME_MAX_BYTE = 256, DEPTH_MAX = 32 };

typedef struct scan {
    const char *text, *at, *end;
    tr_weight_index *index;
    size_t names_used, names_room;
    char last[NAME_MAX_BYTE]; /* most tensors stand beside others of their file */
    tr_error *err;
} scan;

static tr_status fail_here(const scan *s, tr_status status, const char *what)
{
    int line = 1;
    const char *start = s->text;
    for (const char *c = s->text; c < s->at; c++)
        if (*c == '\n') {
            line++;
            start = c + 1;
        }
    return tr_fail_at(s->err, status, NULL, 0.0, line, (int)(s->at - start) + 1, "%s", what);
}

static void skip_space(scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static int next_is(scan *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return 0;
    s->at++;
    return 1;
}

/* A text; *out and *length are what stands between the quotes, escapes as they are. */
static tr_status read_string(scan *s, const char **out, size_t *length)
{
    if (!next_is(s, '"'))
        return fail_here(s, TR_EPARSE, "expected a text in quotes");
    const char *from = s->at;
    while (s->at < s->end && *s->at != '"' && (unsigned char)*s->at >= 0x20)
        s->at += *s->at == '\\' && s->end - s->at > 1 ? 2 : 1;
    if (s->at >= s->end || *s->at != '"')
        return fail_here(s, TR_EPARSE, "a text does not end");
    *out = from;
    *length = (size_t)(s->at - from);
    s->at++;
    return TR_OK;
}

/* Any value: containers by counting brackets outside texts. */
static tr_status skip_value(scan *s)
{
    int depth = 0;
    skip_space(s);
    do {
        const char *text;
        size_t length;
        skip_space(s);
        if (s->at == s->end)
            return fail_here(s, TR_EPARSE, "the file ends inside a value");
        const char c = *s->at;
        if (c == '"') {
            const tr_status status = read_string(s, &text, &length);
            if (status != TR_OK)
                return status;
        } else if (c == '{' || c == '[') {
            if (++depth > DEPTH_MAX)
                return fail_here(s, TR_ECAPACITY, "values are nested more than 32 deep");
            s->at++;
        } else if (c == '}' || c == ']') {
            if (--depth < 0)
                return fail_here(s, TR_EPARSE, "expected a value");
            s->at++;
        } else if (depth > 0 && (c == ',' || c == ':')) {
            s->at++;
        } else {
            const char *from = s->at;
            while (s->at < s->end && strchr(" \t\r\n,:[]{}\"", *s->at) == NULL)
                s->at++;
            if (s->at == from)
                return fail_here(s, TR_EPARSE, "expected a value");
        }
    } while (depth > 0);
    return TR_OK;
}

/* A whole number from 0 to 2^53; the files also write 1.0e12, which strtod reads. */
static tr_status read_count(scan *s, double *out)
{
    char digits[40];
    size_t n = 0;
    skip_space(s);
    while (s->at + n < s->end && n + 1 < sizeof digits && strchr("0123456789.eE+-", s->at[n]) != NULL &&
           s->at[n] != '\0') {
        digits[n] = s->at[n];
        n++;
    }
    digits[n] = '\0';
    double value = 0.0;
    if (n == 0 || tr_quantity_parse(digits, TR_UNIT_NONE, &value, NULL) != TR_OK)
        return fail_here(s, TR_EPARSE, "expected a number");
    if (!(value >= 0.0 && value <= 9007199254740992.0) || value != (double)(uint64_t)value)
        return fail_here(s, TR_EDOMAIN, "expected a whole number from 0 to 2^53");
    s->at += n;
    *out = value;
    return TR_OK;
}

static int is_key(const char *key, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(key, name, length) == 0;
}

typedef tr_status (*on_member)(scan *s, const char *key, size_t length);

/* {"key": value, ...}: member reads each value. */
static tr_status read_object(scan *s, on_member member)
{
    if (!next_is(s, '{'))
        return fail_here(s, TR_EPARSE, "expected an object in braces");
    if (next_is(s, '}'))
        return TR_OK;
    do {
        const char *key;
        size_t length;
        tr_status status = read_string(s, &key, &length);
        if (status == TR_OK && !next_is(s, ':'))
            status = fail_here(s, TR_EPARSE, "expected ':' after a key");
        if (status == TR_OK)
            status = member(s, key, length);
        if (status != TR_OK)
            return status;
    } while (next_is(s, ','));
    return next_is(s, '}') ? TR_OK : fail_here(s, TR_EPARSE, "expected ',' or '}'");
}

static tr_status read_metadata(scan *s, const char *key, size_t length)
{
    if (is_key(key, length, "total_size"))
        return read_count(s, &s->index->total_byte);
    if (is_key(key, length, "total_parameters"))
        return read_count(s, &s->index->total_param);
    return skip_value(s);
}

/* A file of this folder: no path, so that an index cannot point elsewhere. */
static int is_plain_name(const char *name, size_t length)
{
    if (length == 0 || length >= NAME_MAX_BYTE || name[0] == '.')
        return 0;
    for (size_t i = 0; i < length; i++)
        if (name[i] == '/' || name[i] == '\\' || (unsigned char)name[i] < 0x20)
            return 0;
    return 1;
}

static tr_status keep_name(scan *s)
{
    tr_weight_index *index = s->index;
    const char *at = index->file;
    for (int i = 0; i < index->file_count; i++, at += strlen(at) + 1)
        if (strcmp(at, s->last) == 0)
            return TR_OK;
    if (index->file_count == TR_INDEX_FILE_MAX)
        return fail_here(s, TR_ECAPACITY, "more than 4,096 weight files");
    const size_t length = strlen(s->last) + 1;
    if (s->names_used + length > s->names_room) {
        const size_t room = (s->names_room + length) * 2;
        char *more = realloc(index->file, room);
        if (more == NULL)
            return fail_here(s, TR_ENOMEM, "out of memory");
        index->file = more;
        s->names_room = room;
    }
    memcpy(index->file + s->names_used, s->last, length);
    s->names_used += length;
    index->file_count++;
    return TR_OK;
}

static tr_status read_weight(scan *s, const char *key, size_t key_length)
{
    const char *name;
    size_t length;
    (void)key;
    (void)key_length;
    const tr_status status = read_string(s, &name, &length);
    if (status != TR_OK)
        return status;
    s->index->tensor_count += 1.0;
    if (length > 0 && strlen(s->last) == length && memcmp(s->last, name, length) == 0)
        return TR_OK;
    if (!is_plain_name(name, length))
        return fail_here(s, TR_EPARSE, "expected the name of a file in the same folder");
    memcpy(s->last, name, length);
    s->last[length] = '\0';
    return keep_name(s);
}

static tr_status read_top(scan *s, const char *key, size_t length)
{
    if (is_key(key, length, "metadata"))
        return read_object(s, read_metadata);
    if (is_key(key, length, "weight_map"))
        return read_object(s, read_weight);
    return skip_value(s);
}

tr_status tr_weight_index_parse(const char *text, size_t size, tr_weight_index *out, tr_error *err)
{
    tr_weight_index index = {.file = NULL};
    scan s = {.text = text, .at = text, .end = text + size, .index = &index, .err = err};
    tr_status status = read_object(&s, read_top);
    skip_space(&s);
    if (status == TR_OK && s.at != s.end)
        status = fail_here(&s, TR_EPARSE, "something follows after the end of the object");
    if (status == TR_OK)
        *out = index;
    else
        free(index.file);
    return status;
}

tr_status tr_weight_index_read(const char *path, tr_weight_index *out, tr_error *err)
{
    char *text = NULL;
    size_t size = 0;
    tr_status s = tr_file_read(path, TR_INDEX_SIZE_MAX, &text, &size, err);
    if (s != TR_OK)
        return s;
    tr_error inner = {.text = ""};
    s = tr_weight_index_parse(text, size, out, &inner);
    free(text);
    if (s != TR_OK && err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
    }
    return s;
}

void tr_weight_index_free(tr_weight_index *index)
{
    free(index->file);
    index->file = NULL;
}
