/* fit/validate_write.c -- a validation for people, as JSON, and as rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "write/document.h"
#include "write/field.h"
#include "write/print.h"
#include "write/rows.h"
#include "base/fail.h"
#include "base/text.h"
#include "fit/validation.h"
#include "io/file.h"

static const tr_score *main_score(const tr_validation *v) { return v->score[v->physics]; }

/* ---- lines of scores ----------------------------------------------------------- */

static void percent(char *out, size_t size, double share)
{
    if (isfinite(share))
        (void)snprintf(out, size, "%.1f %%", share * 100);
    else
        (void)tr_text_copy(out, size, "-");
}

static void print_score_head(tr_writer *out, const char *what)
{
    char line[160];
    (void)snprintf(line, sizeof line, "  %-34.34s %7s %9s %9s %9s %9s %10s %9s\n", what, "n", "MAPE",
                   "median", "p90", "bias", "within 20%", "in band");
    tr_write_text(out, line);
}

static void print_score(tr_writer *out, const char *name, const tr_score_line *line)
{
    char mape[24], median[24], p90[24], bias[24], near[24], band[24], text[200];
    percent(mape, sizeof mape, line->mape);
    percent(median, sizeof median, line->median_ape);
    percent(p90, sizeof p90, line->p90_ape);
    percent(bias, sizeof bias, line->bias);
    percent(near, sizeof near, line->within_20pct);
    percent(band, sizeof band, line->band_coverage);
    (void)snprintf(text, sizeof text, "  %-34.34s %7zu %9s %9s %9s %9s %10s %9s\n", name, line->n, mape,
                   median, p90, bias, near, band);
    tr_write_text(out, text);
}

static void score_json(tr_json *json, const tr_score_line *line)
{
    tr_json_key_number(json, "n", (double)line->n);
    tr_json_key_number(json, "mape", line->mape);
    tr_json_key_number(json, "median_ape", line->median_ape);
    tr_json_key_number(json, "p90_ape", line->p90_ape);
    tr_json_key_number(json, "bias", line->bias);
    tr_json_key_number(json, "within_20pct", line->within_20pct);
    tr_json_key_number(json, "band_coverage", line->band_coverage);
    tr_json_key_number(json, "median_measured_over_predicted", line->median_ratio);
}

/* ---- anomalies ------------------------------------------------------------------- */

typedef struct anomalies {
    size_t count;
    const tr_judged *lowest; /* measured over bound */
} anomalies;

static anomalies anomalies_of(const tr_score *score)
{
    anomalies found = {0, NULL};
    for (size_t i = 0; i < tr_score_count(score); i++) {
        const tr_judged *row = tr_score_at(score, i);
        if (!tr_is_anomaly(row))
            continue;
        found.count++;
        if (found.lowest == NULL ||
            row->measured_s / row->bound_s < found.lowest->measured_s / found.lowest->bound_s)
            found.lowest = row;
    }
    return found;
}

/* ---- rows ------------------------------------------------------------------------ */

typedef struct row_view {
    const tr_validation *v;
    const tr_judged *row;
    const size_t *order; /* NULL: as read */
    char unit[8];
} row_view;

static const char *group_of(const row_view *view, tr_by by)
{
    const char *name = tr_score_group_name(main_score(view->v), by, view->row->group[by]);
    return name[0] == '\0' ? NULL : name;
}

TR_TEXT(row_view, row_file, tr_path_last(row->v->path[row->row->file]))
TR_NUMBER(row_view, row_line, row->row->line)
TR_TEXT(row_view, row_metric, tr_metric_name(row->row->metric))
TR_TEXT(row_view, row_phase, group_of(row, TR_BY_PHASE))
TR_TEXT(row_view, row_system, group_of(row, TR_BY_SYSTEM))
TR_TEXT(row_view, row_model, group_of(row, TR_BY_MODEL))
TR_TEXT(row_view, row_backend, group_of(row, TR_BY_BACKEND))
TR_TEXT(row_view, row_precision, group_of(row, TR_BY_PRECISION))
TR_TEXT(row_view, row_concurrency, group_of(row, TR_BY_CONCURRENCY))
TR_NUMBER(row_view, row_measured, row->row->measured_s)
TR_NUMBER(row_view, row_predicted, row->row->predicted_s)
TR_NUMBER(row_view, row_low, row->row->low_s)
TR_NUMBER(row_view, row_high, row->row->high_s)
TR_NUMBER(row_view, row_bound, row->row->bound_s)
TR_NUMBER(row_view, row_error, row->row->predicted_s / row->row->measured_s - 1)
TR_TEXT(row_view, row_anomaly, tr_is_anomaly(row->row) ? tr_anomaly_reason(row->row) : NULL)

static const tr_field row_list[] = {
    TR_T("file", row_file),
    TR_N_HEAD("line", NONE, "line", 6, row_line),
    TR_T_HEAD("metric", "metric", 8, row_metric),
    TR_T_HEAD("phase", "phase", 17, row_phase),
    TR_T_HEAD("system", "system", 12, row_system),
    TR_T_HEAD("model", "model", 22, row_model),
    TR_T_HEAD("backend", "backend", 9, row_backend),
    TR_T("precision", row_precision),
    TR_T("concurrency", row_concurrency),
    TR_N_HEAD("measured_s", SECOND, "measured", 11, row_measured),
    TR_N_HEAD("predicted_s", SECOND, "predicted", 11, row_predicted),
    TR_N("low_s", SECOND, row_low),
    TR_N("high_s", SECOND, row_high),
    TR_N("bound_s", SECOND, row_bound),
    TR_N_HEAD("error", RATIO, "error", 9, row_error),
    TR_T("anomaly", row_anomaly),
};
static const tr_fields row_fields = {row_list, sizeof row_list / sizeof row_list[0]};

static const void *row_at(void *context, size_t index, tr_error *err)
{
    row_view *view = context;
    (void)err;
    view->row = tr_score_at(main_score(view->v), view->order == NULL ? index : view->order[index]);
    return view;
}

/* ---- for people -------------------------------------------------------------------- */

static tr_status print_physics(const tr_validation *v, tr_writer *out, tr_error *err)
{
    char name[48];
    print_score_head(out, "physics");
    for (int i = 0; i < TR_PHYSICS_COUNT; i++) {
        tr_score_line line;
        if (!v->known[i])
            continue;
        const tr_status s = tr_score_line_of(v->score[i], TR_BY_COUNT, 0, &line, err);
        if (s != TR_OK)
            return s;
        (void)snprintf(name, sizeof name, "%s%s", tr_physics_name((tr_physics)i),
                       i == v->physics ? "  (below)" : "");
        print_score(out, name, &line);
    }
    return TR_OK;
}

static tr_status print_groups(const tr_validation *v, tr_writer *out, tr_error *err)
{
    const tr_score *score = main_score(v);
    for (int by = 0; by < TR_BY_COUNT; by++) {
        const size_t count = tr_score_group_count(score, (tr_by)by);
        if (count < 2)
            continue;
        tr_write_char(out, '\n');
        print_score_head(out, tr_by_name((tr_by)by));
        for (size_t g = 0; g < count; g++) {
            tr_score_line line;
            const tr_status s = tr_score_line_of(score, (tr_by)by, (int)g, &line, err);
            if (s != TR_OK)
                return s;
            const char *name = tr_score_group_name(score, (tr_by)by, (int)g);
            print_score(out, name[0] == '\0' ? "not stated" : name, &line);
        }
    }
    return TR_OK;
}

static void print_skipped(const tr_score *score, tr_writer *out)
{
    char line[400];
    for (size_t i = 0; i < tr_score_reason_count(score); i++) {
        size_t count = 0;
        const char *reason = tr_score_reason(score, i, &count);
        (void)snprintf(line, sizeof line, "  skipped %7zu  %s\n", count, reason);
        tr_write_text(out, line);
    }
}

static void print_anomalies(const tr_validation *v, const tr_style *style, tr_writer *out)
{
    const anomalies found = anomalies_of(main_score(v));
    char text[400];
    if (found.count == 0) {
        tr_write_text(out, "\n  no measurement is faster than the bound\n");
        return;
    }
    (void)snprintf(
        text, sizeof text,
        "%zu measurements are faster than the bound; the furthest, line %d of %.80s, takes %.2g of it: %s",
        found.count, found.lowest->line, tr_path_last(v->path[found.lowest->file]),
        found.lowest->measured_s / found.lowest->bound_s, tr_anomaly_reason(found.lowest));
    tr_write_char(out, '\n');
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
}

static tr_status write_text(const tr_validation *v, const size_t *order, size_t worst, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    tr_writer out;
    char line[300];
    tr_writer_begin(&out, sink);
    for (int i = 0; i < v->path_count; i++) {
        (void)snprintf(line, sizeof line, "%.200s: %s\n", tr_path_last(v->path[i]), v->form[i]);
        tr_write_text(&out, line);
    }
    (void)snprintf(line, sizeof line, "%zu records, %zu used, %zu predictions by %s physics\n\n",
                   v->record_count, v->used_record_count, tr_score_count(main_score(v)),
                   tr_physics_name((tr_physics)v->physics));
    tr_write_text(&out, line);
    tr_status s = print_physics(v, &out, err);
    if (s == TR_OK)
        s = print_groups(v, &out, err);
    if (s != TR_OK)
        return s;
    print_anomalies(v, style, &out);
    print_skipped(main_score(v), &out);
    if (worst > 0) {
        tr_print_heading(&out, style, "Furthest off");
        tr_fields_table_head(&row_fields, &out);
        row_view view = {.v = v, .order = order};
        for (size_t i = 0; i < worst; i++)
            tr_fields_table_row(&row_fields, row_at(&view, i, NULL), &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- JSON --------------------------------------------------------------------------- */

static tr_status groups_json(const tr_validation *v, tr_json *json, tr_error *err)
{
    const tr_score *score = main_score(v);
    tr_json_key_array(json, "groups");
    for (int by = 0; by < TR_BY_COUNT; by++)
        for (size_t g = 0; g < tr_score_group_count(score, (tr_by)by); g++) {
            tr_score_line line;
            const tr_status s = tr_score_line_of(score, (tr_by)by, (int)g, &line, err);
            if (s != TR_OK)
                return s;
            tr_json_object_inline(json);
            tr_json_key_string(json, "by", tr_by_name((tr_by)by));
            tr_json_key_string(json, "name", tr_score_group_name(score, (tr_by)by, (int)g));
            score_json(json, &line);
            tr_json_close(json);
        }
    tr_json_close(json);
    return TR_OK;
}

static tr_status physics_json(const tr_validation *v, tr_json *json, tr_error *err)
{
    tr_json_key_array(json, "by_physics");
    for (int i = 0; i < TR_PHYSICS_COUNT; i++) {
        tr_score_line line;
        if (!v->known[i])
            continue;
        const tr_status s = tr_score_line_of(v->score[i], TR_BY_COUNT, 0, &line, err);
        if (s != TR_OK)
            return s;
        tr_json_object_inline(json);
        tr_json_key_string(json, "physics", tr_physics_name((tr_physics)i));
        score_json(json, &line);
        tr_json_close(json);
    }
    tr_json_close(json);
    return TR_OK;
}

static void skipped_json(const tr_score *score, tr_json *json)
{
    tr_json_key_object(json, "skipped");
    for (size_t i = 0; i < tr_score_reason_count(score); i++) {
        size_t count = 0;
        const char *reason = tr_score_reason(score, i, &count);
        tr_json_key_number(json, reason, (double)count);
    }
    tr_json_close(json);
}

static tr_status write_json(const tr_validation *v, const size_t *order, size_t worst, tr_sink *sink,
                            tr_error *err)
{
    tr_json json;
    tr_score_line overall;
    const anomalies found = anomalies_of(main_score(v));
    tr_status s = tr_score_line_of(main_score(v), TR_BY_COUNT, 0, &overall, err);
    if (s != TR_OK)
        return s;
    tr_document_begin(&json, sink, 1, v->scenario, NULL);
    tr_json_key_string(&json, "physics", tr_physics_name((tr_physics)v->physics));
    tr_json_key_array(&json, "files");
    for (int i = 0; i < v->path_count; i++) {
        tr_json_object_inline(&json);
        tr_json_key_string(&json, "name", tr_path_last(v->path[i]));
        tr_json_key_string(&json, "form", v->form[i]);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_json_key_number(&json, "rows", (double)v->record_count);
    tr_json_key_number(&json, "used_rows", (double)v->used_record_count);
    tr_json_key_number(&json, "predictions", (double)tr_score_count(main_score(v)));
    skipped_json(main_score(v), &json);
    tr_json_key_object(&json, "overall");
    score_json(&json, &overall);
    tr_json_close(&json);
    s = physics_json(v, &json, err);
    if (s == TR_OK)
        s = groups_json(v, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_key_object(&json, "anomalies");
    tr_json_key_number(&json, "count", (double)found.count);
    tr_json_key_string(&json, "furthest_reason",
                       found.lowest == NULL ? NULL : tr_anomaly_reason(found.lowest));
    tr_json_key_number(&json, "furthest_line", found.lowest == NULL ? (double)NAN : found.lowest->line);
    tr_json_close(&json);
    row_view view = {.v = v, .order = order};
    const tr_rows rows = {
        .fields = &row_fields, .name = "worst", .count = worst, .at = row_at, .context = &view};
    tr_json_key_array(&json, "worst");
    s = tr_rows_json(&rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static tr_status nothing_judged(const tr_validation *v, tr_error *err)
{
    const char *most = "the tables are empty";
    size_t most_count = 0;
    for (size_t i = 0; i < tr_score_reason_count(main_score(v)); i++) {
        size_t count = 0;
        const char *reason = tr_score_reason(main_score(v), i, &count);
        if (count > most_count) {
            most = reason;
            most_count = count;
        }
    }
    return tr_fail(err, TR_ENOFIT, "file", (double)NAN, "no prediction could be made for any of the %zu records: %s "
                                                        "(%zu)",
                   v->record_count, most, most_count);
}

tr_status tr_validation_write(const tr_validation *v, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const size_t count = tr_score_count(main_score(v));
    if (count == 0)
        return nothing_judged(v, err);
    if (style->format > TR_FORMAT_JSON) {
        row_view view = {.v = v};
        const tr_rows rows = {
            .fields = &row_fields, .name = "records", .count = count, .at = row_at, .context = &view};
        return tr_rows_write(&rows, style, sink, err);
    }
    size_t worst = v->worst;
    size_t *order = malloc((worst + 1) * sizeof *order);
    if (order == NULL)
        return tr_fail(err, TR_ENOMEM, "", (double)NAN, "out of memory");
    tr_status s = tr_score_worst(main_score(v), order, &worst, err);
    if (s == TR_OK)
        s = style->format == TR_FORMAT_JSON ? write_json(v, order, worst, sink, err)
                                            : write_text(v, order, worst, style, sink, err);
    free(order);
    return s;
}
