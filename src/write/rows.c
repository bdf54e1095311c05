/* write/rows.c -- writes many rows as one JSON document, JSON lines, CSV or a table. */
#include "write/rows.h"

#include "base/fail.h"
#include "write/print.h"
#include "write/schema.h"

tr_status tr_written(tr_status status, tr_error *err)
{
    return status == TR_OK ? TR_OK : tr_fail(err, status, "", 0, "the answer could not be written");
}

/* The next row, or NULL: it failed, or nobody wants it any more; *err says which. */
static const void *row_at(const tr_rows *rows, size_t index, tr_error *err)
{
    const tr_progress *progress = rows->scenario == NULL ? NULL : tr_scenario_progress(rows->scenario);
    *err = (tr_error){.status = TR_EDOMAIN};
    if (progress == NULL || progress->tell(progress->context, (double)index, (double)rows->count) == 0)
        return rows->at(rows->context, index, err);
    (void)tr_fail(err, TR_ECANCELLED, "", (double)index, "stopped after %zu of %zu rows", index, rows->count);
    return NULL;
}

tr_status tr_rows_json(const tr_rows *rows, tr_json *json, tr_error *err)
{
    tr_error why;
    for (size_t i = 0; json->writer.status == TR_OK && i < rows->count; i++) {
        const void *row = row_at(rows, i, &why);
        if (row == NULL) {
            if (err != NULL)
                *err = why;
            return why.status;
        }
        tr_json_object_inline(json);
        tr_fields_json(rows->fields, row, json);
        if (rows->more != NULL)
            rows->more(row, json);
        tr_json_close(json);
    }
    return TR_OK;
}

const tr_fields *tr_rows_columns(const tr_rows *rows) { return rows->columns != NULL ? rows->columns : rows->fields; }

static tr_status write_json(const tr_rows *rows, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    if (rows->notes != NULL)
        tr_notes_json(rows->notes, &json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

/* How a row is written, after another. */
typedef void (*row_writer)(const tr_rows *rows, tr_flat_keys *keys, const void *row, tr_writer *out);

static void write_line(const tr_rows *rows, tr_flat_keys *keys, const void *row, tr_writer *out)
{
    tr_fields_flat(rows->fields, keys, row, out);
}

static void write_csv(const tr_rows *rows, tr_flat_keys *keys, const void *row, tr_writer *out)
{
    (void)keys;
    tr_fields_csv_row(rows->fields, row, out);
}

static void write_table(const tr_rows *rows, tr_flat_keys *keys, const void *row, tr_writer *out)
{
    (void)keys;
    tr_fields_table_row(tr_rows_columns(rows), row, out);
}

/* All rows, or those before the one that failed. */
static tr_status write_all(const tr_rows *rows, row_writer write, tr_flat_keys *keys, tr_writer *out,
                           tr_error *err)
{
    tr_error why;
    for (size_t i = 0; out->status == TR_OK && i < rows->count; i++) {
        const void *row = row_at(rows, i, &why);
        if (row == NULL) {
            if (err != NULL)
                *err = why;
            return why.status;
        }
        write(rows, keys, row, out);
    }
    return TR_OK;
}

static tr_status write_lines(const tr_rows *rows, tr_writer *out, tr_error *err)
{
    tr_flat_keys keys;
    tr_fields_flat_keys(rows->fields, &keys);
    return write_all(rows, write_line, &keys, out, err);
}

tr_status tr_rows_write(const tr_rows *rows, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    tr_status s = TR_OK;
    tr_writer out;
    if (style->format == TR_FORMAT_JSON)
        return write_json(rows, sink, err);
    if (style->format == TR_FORMAT_SCHEMA)
        return tr_written(tr_rows_schema(rows, sink), err);
    tr_writer_begin(&out, sink);
    if (style->format == TR_FORMAT_JSONL) {
        s = write_lines(rows, &out, err);
    } else if (style->format == TR_FORMAT_CSV) {
        tr_fields_csv_head(rows->fields, &out);
        s = write_all(rows, write_csv, NULL, &out, err);
    } else {
        tr_fields_table_head(tr_rows_columns(rows), &out);
        s = write_all(rows, write_table, NULL, &out, err);
    }
    if (s == TR_OK && style->format == TR_FORMAT_TEXT && rows->notes != NULL)
        tr_notes_text(rows->notes, style->columns, &out);
    const tr_status written = tr_writer_finish(&out);
    return s != TR_OK ? s : tr_written(written, err);
}

static const void *only_row(void *context, size_t index, tr_error *err)
{
    (void)index;
    (void)err;
    return *(const void *const *)context;
}

tr_status tr_row_write(const tr_fields *fields, const char *name, const void *row, const tr_style *style,
                       const tr_sink *sink, tr_error *err)
{
    const tr_rows rows = {.fields = fields, .name = name, .count = 1, .at = only_row, .context = &row};
    return tr_rows_write(&rows, style, sink, err);
}
