/* io/csv.c -- comma-separated tables, one record at a time. */
#include "io/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"

enum { BUFFER_BYTE = 65536, NAME_MAX_BYTE = 80 };

struct tr_csv {
    FILE *stream;
    int own; /* fclose it */
    char name[NAME_MAX_BYTE + 1];
    unsigned char buffer[BUFFER_BYTE];
    size_t have, next;
    int line;   /* of the next byte */
    int column; /* bytes read of that line */
    int at_end;

    char *header; /* names, each with its zero */
    size_t columns;
    size_t name_at[TR_CSV_COLUMN_MAX];

    char *record; /* fields, each with its zero */
    size_t used, room;
    size_t fields;
    size_t field_at[TR_CSV_COLUMN_MAX];
    int record_line;
};

static tr_status fail_at(tr_csv *csv, tr_status status, const char *field, int line, int column,
                         const char *what, tr_error *err)
{
    csv->at_end = 1;
    return tr_fail_at(err, status, field, 0.0, line, column, "%.80s: %s", csv->name, what);
}

static tr_status fail_here(tr_csv *csv, tr_status status, const char *what, tr_error *err)
{
    return fail_at(csv, status, NULL, csv->line, csv->column > 0 ? csv->column : 1, what, err);
}

/* ---- bytes ---------------------------------------------------------------- */

static int peek(tr_csv *csv)
{
    if (csv->next == csv->have) {
        csv->have = fread(csv->buffer, 1, sizeof csv->buffer, csv->stream);
        csv->next = 0;
        if (csv->have == 0)
            return EOF;
    }
    return csv->buffer[csv->next];
}

static int take(tr_csv *csv)
{
    const int c = peek(csv);
    if (c == EOF)
        return EOF;
    csv->next++;
    if (c == '\n') {
        csv->line++;
        csv->column = 0;
    } else {
        csv->column++;
    }
    return c;
}

static tr_status put(tr_csv *csv, char c, tr_error *err)
{
    if (csv->used == csv->room) {
        if (csv->room >= TR_CSV_RECORD_MAX)
            return fail_here(csv, TR_ECAPACITY,
                             "a record is longer than 1,048,576 bytes; is a quote left open?", err);
        const size_t room = csv->room == 0 ? 1024 : csv->room * 2;
        char *more = realloc(csv->record, room);
        if (more == NULL)
            return fail_here(csv, TR_ENOMEM, "out of memory", err);
        csv->record = more;
        csv->room = room;
    }
    csv->record[csv->used++] = c;
    return TR_OK;
}

/* ---- records -------------------------------------------------------------- */

/* Blank lines and # lines before a record. */
static void skip_lines(tr_csv *csv)
{
    for (int c = peek(csv); c == '#' || c == '\n' || c == '\r'; c = peek(csv))
        while ((c = take(csv)) != '\n' && c != EOF)
            continue;
}

static tr_status read_quoted(tr_csv *csv, tr_error *err)
{
    const int line = csv->line, column = csv->column;
    for (;;) {
        int c = take(csv);
        if (c == '"') {
            if (peek(csv) != '"')
                return TR_OK;
            c = take(csv);
        }
        if (c == EOF)
            return fail_at(csv, TR_EPARSE, NULL, line, column, "a quote is opened here and never closed",
                           err);
        if (c == '\0')
            return fail_here(csv, TR_EPARSE, "a zero byte; expected text", err);
        const tr_status s = put(csv, (char)c, err);
        if (s != TR_OK)
            return s;
    }
}

/* One field up to its comma or line end, which stays unread. */
static tr_status read_field(tr_csv *csv, tr_error *err)
{
    tr_status s = TR_OK;
    if (peek(csv) == '"') {
        (void)take(csv);
        s = read_quoted(csv, err);
        const int c = peek(csv);
        if (s == TR_OK && c != ',' && c != '\n' && c != '\r' && c != EOF)
            s = fail_here(csv, TR_EPARSE, "text follows after a closing quote", err);
    } else {
        for (int c = peek(csv); s == TR_OK && c != ',' && c != '\n' && c != '\r' && c != EOF; c = peek(csv)) {
            (void)take(csv);
            if (c == '"')
                s = fail_here(csv, TR_EPARSE, "a quote inside a field that does not start with one", err);
            else if (c == '\0')
                s = fail_here(csv, TR_EPARSE, "a zero byte; expected text", err);
            else
                s = put(csv, (char)c, err);
        }
    }
    return s == TR_OK ? put(csv, '\0', err) : s;
}

/* Fields of the next record; none at the end of the file. */
static tr_status read_record(tr_csv *csv, tr_error *err)
{
    csv->used = csv->fields = 0;
    skip_lines(csv);
    csv->record_line = csv->line;
    if (peek(csv) == EOF) {
        csv->at_end = 1;
        return ferror(csv->stream) ? fail_here(csv, TR_EIO, tr_errno_text(errno), err) : TR_OK;
    }
    for (;;) {
        if (csv->fields == TR_CSV_COLUMN_MAX)
            return fail_here(csv, TR_ECAPACITY, "more than 1,024 columns", err);
        csv->field_at[csv->fields++] = csv->used;
        const tr_status s = read_field(csv, err);
        if (s != TR_OK)
            return s;
        if (peek(csv) != ',')
            break;
        (void)take(csv);
    }
    if (peek(csv) == '\r') {
        (void)take(csv);
        if (peek(csv) != '\n' && peek(csv) != EOF)
            return fail_here(csv, TR_EPARSE, "a carriage return that does not end the line", err);
    }
    (void)take(csv);
    return ferror(csv->stream) ? fail_here(csv, TR_EIO, tr_errno_text(errno), err) : TR_OK;
}

tr_status tr_csv_next(tr_csv *csv, int *more, tr_error *err)
{
    *more = 0;
    if (csv->at_end)
        return TR_OK;
    const tr_status s = read_record(csv, err);
    if (s != TR_OK || csv->fields == 0)
        return s;
    if (csv->fields != csv->columns) {
        csv->at_end = 1;
        return tr_fail_at(err, TR_EPARSE, NULL, (double)csv->fields, csv->record_line, 1,
                          "%.80s: a record of %zu fields; the header has %zu columns", csv->name, csv->fields,
                          csv->columns);
    }
    *more = 1;
    return TR_OK;
}

/* ---- the header ----------------------------------------------------------- */

/* Blanks around a column's name are nobody's intention. */
static void trim(char *text)
{
    size_t from = 0, length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    while (from < length && (text[from] == ' ' || text[from] == '\t'))
        from++;
    memmove(text, text + from, length - from);
    text[length - from] = '\0';
}

static tr_status read_header(tr_csv *csv, tr_error *err)
{
    /* a byte order mark, which spreadsheets write */
    if (peek(csv) == 0xEF && csv->have - csv->next >= 3 &&
        memcmp(csv->buffer + csv->next, "\xef\xbb\xbf", 3) == 0)
        csv->next += 3;
    const tr_status s = read_record(csv, err);
    if (s != TR_OK)
        return s;
    if (csv->fields == 0)
        return fail_at(csv, TR_EMISSING, NULL, 1, 1, "expected a header with the names of the columns", err);
    csv->header = csv->record;
    csv->columns = csv->fields;
    csv->record = NULL;
    csv->room = 0;
    memcpy(csv->name_at, csv->field_at, csv->columns * sizeof csv->name_at[0]);
    for (size_t i = 0; i < csv->columns; i++) {
        char *name = csv->header + csv->name_at[i];
        trim(name);
        if (name[0] == '\0')
            return fail_at(csv, TR_EPARSE, NULL, csv->record_line, 1, "a column of the header has no name",
                           err);
        for (size_t j = 0; j < i; j++)
            if (strcmp(csv->header + csv->name_at[j], name) == 0)
                return fail_at(csv, TR_ECONFLICT, name, csv->record_line, 1, "two columns have the same name",
                               err);
    }
    return TR_OK;
}

tr_status tr_csv_from(FILE *stream, const char *name, tr_csv **out, tr_error *err)
{
    tr_csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    csv->stream = stream;
    csv->line = 1;
    (void)snprintf(csv->name, sizeof csv->name, "%.80s", tr_path_last(name));
    const tr_status s = read_header(csv, err);
    if (s == TR_OK)
        *out = csv;
    else
        tr_csv_close(csv);
    return s;
}

tr_status tr_csv_open(const char *path, tr_csv **out, tr_error *err)
{
    if (tr_path_look(path) == TR_PATH_FOLDER)
        return tr_fail(err, TR_EIO, NULL, 0.0, "cannot read '%.200s': it is a folder", path);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return tr_fail(err, TR_EIO, NULL, 0.0, "cannot read '%.200s': %s", path, tr_errno_text(errno));
    const tr_status s = tr_csv_from(stream, path, out, err);
    if (s == TR_OK)
        (*out)->own = 1;
    else
        (void)fclose(stream);
    return s;
}

void tr_csv_close(tr_csv *csv)
{
    if (csv == NULL)
        return;
    if (csv->own)
        (void)fclose(csv->stream);
    free(csv->header);
    free(csv->record);
    free(csv);
}

/* ---- looking at it -------------------------------------------------------- */

size_t tr_csv_column_count(const tr_csv *csv) { return csv->columns; }

const char *tr_csv_column_name(const tr_csv *csv, size_t column)
{
    return column < csv->columns ? csv->header + csv->name_at[column] : NULL;
}

int tr_csv_column(const tr_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->columns; i++)
        if (strcmp(csv->header + csv->name_at[i], name) == 0)
            return (int)i;
    return -1;
}

static const char *name_of(size_t index, const void *context) { return tr_csv_column_name(context, index); }

tr_status tr_csv_require(const tr_csv *csv, const char *name, int *column, tr_error *err)
{
    const int found = tr_csv_column(csv, name);
    if (found < 0) {
        const char *near = tr_near_name(name, name_of, csv);
        return tr_fail_at(err, TR_EMISSING, name, 0.0, 1, 0, "%.80s: needs a column \"%.60s\"%s%.60s%s",
                          csv->name, name, near == NULL ? "" : "; it has \"", near == NULL ? "" : near,
                          near == NULL ? "" : "\"");
    }
    *column = found;
    return TR_OK;
}

int tr_csv_line(const tr_csv *csv) { return csv->record_line; }

const char *tr_csv_text(const tr_csv *csv, int column)
{
    return column < 0 || (size_t)column >= csv->fields ? "" : csv->record + csv->field_at[column];
}

static int is_blank(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return *text == '\0';
}

tr_status tr_csv_number(const tr_csv *csv, int column, tr_unit unit, double *out, tr_error *err)
{
    const char *text = tr_csv_text(csv, column);
    const char *name = column < 0 ? "" : tr_csv_column_name(csv, (size_t)column);
    if (is_blank(text))
        return tr_fail_at(err, TR_EMISSING, name, 0.0, csv->record_line, 0,
                          "%.80s: %.60s is empty; expected a number", csv->name, name);
    tr_error inner = {.text = ""};
    const tr_status s = tr_quantity_parse(text, unit, out, &inner);
    if (s != TR_OK)
        return tr_fail_at(err, s, name, inner.value, csv->record_line, 0, "%.60s: %.60s: %.180s", csv->name,
                          name, inner.text);
    return TR_OK;
}

tr_status tr_csv_number_or(const tr_csv *csv, int column, tr_unit unit, double fallback, double *out,
                           tr_error *err)
{
    if (is_blank(tr_csv_text(csv, column))) {
        *out = fallback;
        return TR_OK;
    }
    return tr_csv_number(csv, column, unit, out, err);
}
