/* fit/reader.c -- a table of measurements: its form by its header, its records one by one. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "fit/form.h"
#include "io/file.h"

const char *tr_metric_name(tr_metric metric)
{
    static const char *const name[] = {"tpot", "ttft", "output", "generate", "prompt", "kernel", "worked"};
    return metric < TR_METRIC_COUNT ? name[metric] : "?";
}

const char *tr_record_text(const tr_record *record, int column)
{
    return tr_csv_text(record->csv, record->column[column]);
}

double tr_record_number(tr_record *record, int column, double fallback)
{
    double value;
    tr_error ignored;
    if (tr_csv_number_or(record->csv, record->column[column], TR_UNIT_NONE, fallback, &value, &ignored) ==
        TR_OK)
        return value;
    record->bad = 1;
    return (double)NAN;
}

tr_status tr_record_skip(const tr_record *record, const char *reason)
{
    return record->sink->skipped(record->sink->context, tr_csv_line(record->csv), reason, record->err);
}

tr_status tr_record_measured(const tr_record *record, tr_measured *row)
{
    row->line = tr_csv_line(record->csv);
    if (record->bad > 0)
        return tr_record_skip(record, "a field that should be a number is not one");
    if (!(row->measured_s > 0 && row->measured_s <= 1e30))
        return tr_record_skip(record, "no positive measured value");
    if (row->engine == NULL)
        row->engine = "";
    if (row->version == NULL)
        row->version = "";
    if (row->precision == NULL)
        row->precision = "";
    if (row->model_name == NULL)
        row->model_name = "";
    if (row->protocol == NULL)
        row->protocol = "";
    if (row->unclean == NULL)
        row->unclean = "";
    row->clean = row->unclean[0] == '\0';
    return record->sink->measured(record->sink->context, row, record->err);
}

static int has_form(const tr_csv *csv, const tr_form *form, int *column)
{
    for (int i = 0; i < TR_FORM_COLUMN_MAX && form->column[i] != NULL; i++) {
        column[i] = tr_csv_column(csv, form->column[i]);
        if (i < form->required && column[i] < 0)
            return 0;
    }
    return 1;
}

static const tr_form *const all_forms[] = {tr_forms_serving, tr_forms_inferencex, tr_forms_load,
                                           tr_forms_kernel,  tr_forms_single,     tr_forms_worked};

static const tr_form *form_of(const tr_csv *csv, int *column)
{
    for (size_t i = 0; i < sizeof all_forms / sizeof all_forms[0]; i++)
        for (const tr_form *form = all_forms[i]; form->name != NULL; form++)
            if (has_form(csv, form, column))
                return form;
    return NULL;
}

static tr_status no_form(const char *path, tr_error *err)
{
    char known[400] = "";
    for (size_t i = 0; i < sizeof all_forms / sizeof all_forms[0]; i++)
        for (const tr_form *form = all_forms[i]; form->name != NULL; form++) {
            (void)tr_text_append(known, sizeof known, known[0] == '\0' ? "" : ", ");
            (void)tr_text_append(known, sizeof known, form->name);
        }
    return tr_fail(err, TR_EUNKNOWN, "file", (double)NAN,
                   "%.80s: its columns are those of no table of measurements this program knows (%s); "
                   "docs/validate.md lists the columns",
                   path, known);
}

tr_status tr_measured_read(const char *path, const tr_measured_sink *sink, size_t *record_count,
                           const char **form_name, tr_error *err)
{
    tr_csv *csv = NULL;
    int column[TR_FORM_COLUMN_MAX];
    tr_status s = tr_csv_open(path, &csv, err);
    if (s != TR_OK)
        return s;
    const tr_form *form = form_of(csv, column);
    tr_names *names = tr_names_create();
    char folder[TR_PATH_MAX] = ".";
    size_t count = 0;
    const char *last = tr_path_last(path);
    if (last != path)
        (void)tr_text_copy_span(folder, sizeof folder, path, (size_t)(last - path));
    if (form == NULL)
        s = no_form(path, err);
    else if (names == NULL)
        s = tr_fail(err, TR_ENOMEM, "", (double)NAN, "out of memory");
    for (int more = 1; s == TR_OK && form != NULL;) {
        s = tr_csv_next(csv, &more, err);
        if (s != TR_OK || !more)
            break;
        count++;
        tr_record record = {
            .csv = csv, .column = column, .names = names, .folder = folder, .sink = sink, .err = err};
        s = form->read(&record);
    }
    if (s == TR_OK && form != NULL) {
        *record_count = count;
        *form_name = form->name;
    }
    tr_names_destroy(names);
    tr_csv_close(csv);
    return s;
}
