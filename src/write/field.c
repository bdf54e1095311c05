/* write/field.c -- a row written as JSON, CSV or a line of a table, from one list of fields. */
#include "write/field.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum { KEY_SIZE = 64, CELL_SIZE = 128 };

/* Length of the part of path up to its level-th dot; 0 if it has fewer dots. */
static size_t prefix_length(const char *path, int level)
{
    size_t length = 0;
    for (int i = 0; i < level; i++) {
        const char *dot = strchr(path + length, '.');
        if (dot == NULL)
            return 0;
        length = (size_t)(dot - path) + 1;
    }
    return length;
}

/* A path's objects, how many of them it shares with another path, and where its last key begins. */
typedef struct place {
    int depth, shared;
    size_t leaf;
} place;

static place place_of(const char *path, const char *other)
{
    place p = {0, 0, 0};
    int same = 1;
    for (size_t i = 0; path[i] != '\0'; i++) {
        same = same && path[i] == other[i];
        if (path[i] != '.')
            continue;
        p.depth++;
        p.shared += same;
        p.leaf = i + 1;
    }
    return p;
}

/* What writes members: their values in a row, or what may stand there. */
typedef struct form {
    void (*open)(tr_json *json);
    int levels;                  /* objects that open opens */
    void (*write)(const tr_field *field, const void *context, tr_json *json);
} form;

static void open_objects(const char *path, int from, int to, const form *f, tr_json *json)
{
    char key[KEY_SIZE];
    for (int level = from; level < to; level++) {
        const size_t start = prefix_length(path, level);
        const size_t end = prefix_length(path, level + 1) - 1;
        (void)tr_text_copy_span(key, sizeof key, path + start, end - start);
        tr_json_key(json, key);
        f->open(json);
    }
}

static void close_objects(int *depth, int keep, const form *f, tr_json *json)
{
    for (; *depth > keep; (*depth)--)
        for (int i = 0; i < f->levels; i++)
            tr_json_close(json);
}

static void members(const tr_fields *fields, const form *f, const void *context, tr_json *json)
{
    const char *last = "";
    int depth = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const char *path = fields->field[i].path;
        if (path == NULL)
            continue;
        const place at = place_of(path, last);
        close_objects(&depth, at.shared, f, json);
        open_objects(path, depth, at.depth, f, json);
        depth = at.depth;
        tr_json_key(json, path + at.leaf);
        f->write(&fields->field[i], context, json);
        last = path;
    }
    close_objects(&depth, 0, f, json);
}

static void json_value(const tr_field *field, const void *row, tr_writer *out)
{
    if (field->number != NULL) {
        tr_json_write_number(out, field->number(row));
    } else if (field->text != NULL) {
        tr_json_write_string(out, field->text(row));
    } else {
        const int flag = field->flag(row);
        tr_write_text(out, flag < 0 ? "null" : flag ? "true" : "false");
    }
}

static void write_value(const tr_field *field, const void *row, tr_json *json)
{
    if (tr_json_place(json))
        json_value(field, row, &json->writer);
}

void tr_fields_json(const tr_fields *fields, const void *row, tr_json *json)
{
    static const form values = {tr_json_object_inline, 1, write_value};
    members(fields, &values, row, json);
}

static void open_schema(tr_json *json)
{
    tr_json_object_inline(json);
    tr_json_key_string(json, "type", "object");
    tr_json_key(json, "properties");
    tr_json_object_inline(json);
}

static void write_with(const tr_field *field, const void *write, tr_json *json)
{
    (*(const tr_field_writer *)write)(field, json);
}

void tr_fields_describe(const tr_fields *fields, tr_field_writer write, tr_json *json)
{
    static const form schema = {open_schema, 2, write_with};
    members(fields, &schema, &write, json);
}

/* RFC 4180: quoted where it must be, quotes doubled. */
static void csv_text(const char *text, tr_writer *out)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        tr_write_text(out, text);
        return;
    }
    tr_write_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            tr_write_char(out, '"');
        tr_write_char(out, *text);
    }
    tr_write_char(out, '"');
}

enum { NAME_SIZE = 96 };

/* A figure, its interval and its bound are columns ttft_s, ttft_s_low, ttft_s_high, ttft_s_bound. */
static const char *flat_name(const char *path, char *out)
{
    static const char *const part[] = {".predicted", ".low", ".high", ".bound"};
    const char *last = strrchr(path, '.');
    size_t k = 0;
    while (last != NULL && k < sizeof part / sizeof part[0] && strcmp(last, part[k]) != 0)
        k++;
    if (last == NULL || k == sizeof part / sizeof part[0])
        return path;
    (void)tr_text_copy_span(out, NAME_SIZE, path, (size_t)(last - path));
    if (k > 0) {
        (void)tr_text_append(out, NAME_SIZE, "_");
        (void)tr_text_append(out, NAME_SIZE, last + 1);
    }
    return out;
}

static void write_key(const tr_field *field, int is_first, tr_writer *out)
{
    char name[NAME_SIZE];
    tr_write_char(out, is_first ? '{' : ',');
    tr_json_write_string(out, flat_name(field->path, name));
    tr_write_char(out, ':');
}

void tr_fields_flat_keys(const tr_fields *fields, tr_flat_keys *out)
{
    const size_t most = sizeof out->end / sizeof out->end[0];
    tr_buffer buffer = {.data = out->text, .capacity = sizeof out->text};
    const tr_sink sink = tr_buffer_sink(&buffer);
    int is_first = 1;
    out->count = 0;
    memset(out->length, 0, sizeof out->length);
    for (size_t i = 0; i < fields->count && i < most; i++) {
        tr_writer writer;
        tr_writer_begin(&writer, &sink);
        if (fields->field[i].path != NULL) {
            write_key(&fields->field[i], is_first, &writer);
            is_first = 0;
        }
        if (tr_writer_finish(&writer) != TR_OK || buffer.length >= buffer.capacity)
            return;
        out->end[out->count++] = (unsigned short)buffer.length;
    }
}

/* A number that the row before had is copied. */
static void write_again(tr_flat_keys *keys, size_t i, double value, tr_writer *out)
{
    if (keys->length[i] > 0 && memcmp(&keys->value[i], &value, sizeof value) == 0) {
        tr_write_span(out, keys->number[i], keys->length[i]);
        return;
    }
    const size_t before = out->used;
    tr_json_write_number(out, value);
    const size_t length = out->used > before ? out->used - before : 0; /* 0: the buffer was emptied on the way */
    keys->length[i] = (unsigned char)(length <= sizeof keys->number[i] ? length : 0);
    keys->value[i] = value;
    memcpy(keys->number[i], out->buffer + before, keys->length[i]);
}

void tr_fields_flat(const tr_fields *fields, tr_flat_keys *keys, const void *row, tr_writer *out)
{
    size_t from = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const tr_field *field = &fields->field[i];
        if (i < keys->count) {
            tr_write_span(out, keys->text + from, keys->end[i] - from);
            from = keys->end[i];
        } else if (field->path != NULL) {
            write_key(field, 0, out);
        }
        if (field->path != NULL && field->number != NULL && i < keys->count)
            write_again(keys, i, field->number(row), out);
        else if (field->path != NULL)
            json_value(field, row, out);
    }
    tr_write_span(out, "}\n", 2);
}

void tr_fields_csv_head(const tr_fields *fields, tr_writer *out)
{
    const char *comma = "";
    char name[NAME_SIZE];
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->field[i].path == NULL)
            continue;
        tr_write_text(out, comma);
        tr_write_text(out, flat_name(fields->field[i].path, name));
        comma = ",";
    }
    tr_write_char(out, '\n');
}

void tr_fields_csv_row(const tr_fields *fields, const void *row, tr_writer *out)
{
    const char *comma = "";
    for (size_t i = 0; i < fields->count; i++) {
        const tr_field *field = &fields->field[i];
        if (field->path == NULL)
            continue;
        tr_write_text(out, comma);
        comma = ",";
        if (field->number != NULL) {
            const double number = field->number(row);
            if (isfinite(number))
                tr_write_number(out, number);
        } else if (field->text != NULL) {
            const char *text = field->text(row);
            csv_text(text == NULL ? "" : text, out);
        } else {
            const int flag = field->flag(row);
            tr_write_text(out, flag < 0 ? "" : flag ? "true" : "false");
        }
    }
    tr_write_char(out, '\n');
}

static void cell(const char *text, int width, int right, int last, tr_writer *out)
{
    const size_t length = strlen(text);
    const size_t pad = length < (size_t)width ? (size_t)width - length : 0;
    if (right)
        tr_write_repeat(out, ' ', pad);
    tr_write_text(out, text);
    if (!right && !last)
        tr_write_repeat(out, ' ', pad);
}

static void table_line(const tr_fields *fields, const void *row, tr_writer *out)
{
    size_t left = 0;
    int first = 1;
    for (size_t i = 0; i < fields->count; i++)
        left += fields->field[i].head != NULL;
    for (size_t i = 0; i < fields->count; i++) {
        const tr_field *field = &fields->field[i];
        char text[CELL_SIZE];
        if (field->head == NULL)
            continue;
        left--;
        tr_write_text(out, first ? "" : "  ");
        first = 0;
        if (row == NULL)
            (void)tr_text_copy(text, sizeof text, field->head);
        else if (field->number != NULL && isfinite(field->number(row)))
            (void)tr_quantity_format(field->number(row), field->unit, text, sizeof text);
        else if (field->text != NULL && field->text(row) != NULL)
            (void)tr_text_copy(text, sizeof text, field->text(row));
        else if (field->flag != NULL)
            (void)tr_text_copy(text, sizeof text, field->flag(row) < 0 ? "-" : field->flag(row) ? "yes" : "no");
        else
            (void)tr_text_copy(text, sizeof text, "-");
        cell(text, field->width, field->number != NULL, left == 0, out);
    }
    tr_write_char(out, '\n');
}

void tr_fields_table_head(const tr_fields *fields, tr_writer *out) { table_line(fields, NULL, out); }

void tr_fields_table_row(const tr_fields *fields, const void *row, tr_writer *out)
{
    table_line(fields, row, out);
}
