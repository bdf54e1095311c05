/* fit/write.c -- calibrations as files: rounded, so that another C library's last bits do not show. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/sort.h"
#include "fit/fit.h"
#include "fit/solve.h"
#include "io/replace.h"

void fit_calibration(const fit_data *data, const fit_result *result, int chip, int engine, tr_calibration *out)
{
    memset(out, 0, sizeof *out);
    const char *c = chip >= 0 ? data->chip[chip]->name : "", *e = engine >= 0 ? data->engine[engine] : "";
    (void)snprintf(out->chip, sizeof out->chip, "%s", c);
    (void)snprintf(out->engine, sizeof out->engine, "%s", e);
    (void)snprintf(out->name, sizeof out->name, "%.60s%s%s", chip >= 0 ? c : "generic", engine >= 0 ? "-" : "", e);
    double value[TR_CONSTANT_COUNT];
    fit_constants(result, chip, engine, value);
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        out->value[k] = fit_value(k, value[k]);
        out->error_ratio[k] =
            result->deviation[engine >= 0 ? engine : FIT_ENGINE_MAX][chip >= 0 ? chip : FIT_CHIP_MAX][k];
    }
    memcpy(out->band, result->band, sizeof out->band);
    out->distance = chip >= 0 ? TR_DISTANCE_NEAR : TR_DISTANCE_GENERIC;
}

static void write_error(FILE *f, const char *name, const fit_error *e, double inside_share, const char *comma)
{
    (void)fprintf(f,
                  "%s\n        \"%s\": {\"rows\": %zu, \"mape_ratio\": %.3f, \"median_ratio\": %.3f, "
                  "\"p90_ratio\": %.3f, "
                  "\"bias_ratio\": %.3f, \"within_20_share\": %.3f, \"inside_share\": %.3f}",
                  comma, name, e->rows, e->mape_ratio, e->median_ratio, e->p90_ratio, e->bias_ratio,
                  e->within_20_share, inside_share);
}

static void write_bands(FILE *f, const char *name, const tr_band *band, const char *end)
{
    (void)fprintf(f, "        \"%s\": {\n", name);
    for (int d = 0; d < TR_DISTANCE_COUNT; d++)
        (void)fprintf(f, "            \"%s\": {\"low_ratio\": %.3f, \"high_ratio\": %.3f}%s\n",
                      tr_distance_name((tr_distance)d), band[d].low_ratio, band[d].high_ratio,
                      d + 1 < TR_DISTANCE_COUNT ? "," : "");
    (void)fprintf(f, "        }%s\n", end);
}

static const char *unit_text(tr_constant k) { return tr_constant_unit(k) == TR_UNIT_SECOND ? "s" : "1"; }

/* With where each began: what was known before any row, how far from that it could lie, and how far it was moved. */
static void write_constants(FILE *f, const fit_data *data, const fit_result *r, const fit_written *w)
{
    const tr_calibration *c = w->calibration;
    (void)fprintf(f, "    \"constants\": {\n");
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        const double prior = fit_value(k, r->prior[k].at);
        (void)fprintf(f,
                      "        \"%s\": {\"value\": %.4g, \"error_ratio\": %.2g, \"unit\": \"%s\", \"prior\": %.4g, "
                      "\"prior_spread\": %.2f, \"moved_ratio\": %.3f}%s\n",
                      tr_constant_name((tr_constant)k), c->value[k], c->error_ratio[k], unit_text((tr_constant)k),
                      prior, fit_spread(data, &r->prior[k], w->chip, w->engine), c->value[k] / prior,
                      k + 1 < TR_CONSTANT_COUNT ? "," : "");
    }
    (void)fprintf(f, "    },\n");
}

/* Rows that say something of a constant: of each source, and (last) of the chip and engine themselves. */
typedef struct basis {
    size_t row[FIT_SOURCE_MAX + 1];
} basis;

static int is_own(const fit_row *row, const fit_written *w)
{
    return (w->chip < 0 || row->chip == w->chip) && (w->engine < 0 || w->any_engine || row->engine == w->engine);
}

static basis basis_of(const fit_data *data, const fit_written *w, int k)
{
    basis b;
    memset(&b, 0, sizeof b);
    for (size_t i = 0; i < data->count; i++) {
        const fit_row *row = &data->row[i];
        if ((row->tells >> k & 1U) == 0)
            continue;
        b.row[row->source]++;
        b.row[FIT_SOURCE_MAX] += (size_t)is_own(row, w);
    }
    return b;
}

/* Constants that rest on the same rows stand together. */
static void write_basis(FILE *f, const fit_data *data, const fit_written *w)
{
    basis of[TR_CONSTANT_COUNT];
    const char *next = "";
    for (int k = 0; k < TR_CONSTANT_COUNT; k++)
        of[k] = basis_of(data, w, k);
    (void)fprintf(f, "    \"rests_on\": [");
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        int first = 0;
        const char *comma = "";
        while (memcmp(&of[first], &of[k], sizeof of[k]) != 0)
            first++;
        if (first < k)
            continue;
        (void)fprintf(f, "%s\n        {\"constants\": [", next);
        for (int same = k; same < TR_CONSTANT_COUNT; same++)
            if (memcmp(&of[same], &of[k], sizeof of[k]) == 0) {
                (void)fprintf(f, "%s\"%s\"", comma, tr_constant_name((tr_constant)same));
                comma = ", ";
            }
        (void)fprintf(f, "],\n         \"rows\": {\"of_this_chip_and_engine\": %zu", of[k].row[FIT_SOURCE_MAX]);
        for (int i = 0; i < data->sources; i++)
            (void)fprintf(f, ", \"%s\": %zu", data->source[i], of[k].row[i]);
        (void)fprintf(f, "}}");
        next = ",";
    }
    (void)fprintf(f, "\n    ],\n");
}

/* Rows of this chip and engine themselves; the rest reaches them through what is shared. */
static size_t own_rows(const fit_data *data, const fit_written *w)
{
    size_t n = 0;
    for (size_t i = 0; i < data->count; i++)
        n += (size_t)is_own(&data->row[i], w);
    return n;
}

typedef struct names {
    const fit_data *data;
} names;

static int name_before(const void *context, size_t a, size_t b)
{
    const names *n = context;
    return strcmp(n->data->model[a]->name, n->data->model[b]->name) < 0;
}

static void write_models(FILE *f, const fit_data *data)
{
    size_t index[FIT_MODEL_MAX], scratch[FIT_MODEL_MAX];
    const names n = {data};
    for (int i = 0; i < data->models; i++)
        index[i] = (size_t)i;
    tr_sort_index_by(name_before, &n, index, (size_t)data->models, scratch);
    (void)fprintf(f, "    \"models\": [");
    for (int i = 0; i < data->models; i++)
        (void)fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", data->model[index[i]]->name);
    (void)fprintf(f, "],\n");
}

static void write_errors(FILE *f, const fit_result *r, const char *last_fold)
{
    const char *fold[] = {"fitted", "family_left_out", "engine_left_out", "chip_left_out", last_fold}, *comma = "";
    (void)fprintf(f, "    \"error\": {");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        for (int k = 0; k < FIT_FOLD_COUNT; k++) {
            char name[96];
            (void)snprintf(name, sizeof name, "%s_%s", tr_interval_name((tr_interval)q), fold[k]);
            if (r->error[q][k].rows == 0)
                continue;
            write_error(f, name, &r->error[q][k], r->coverage_share[q][k], comma);
            comma = ",";
        }
    (void)fprintf(f, "\n    },\n");
}

tr_status fit_write_one(const fit_data *data, const fit_result *r, const fit_written *w, const char *folder,
                        tr_error *err)
{
    const tr_calibration *c = w->calibration;
    char path[TR_PATH_MAX], name[TR_NAME_MAX + 8];
    (void)snprintf(name, sizeof name, "%s.json", c->name);
    tr_status s = tr_path_join(path, sizeof path, folder, name, err);
    tr_replacement file;
    if (s == TR_OK)
        s = tr_replace_begin(path, &file, err);
    if (s != TR_OK)
        return s;
    FILE *f = file.file;
    (void)fprintf(f, "{\n    \"name\": \"%s\",\n    \"chip\": \"%s\",\n    \"engine\": \"%s\",\n", c->name, c->chip,
                  c->engine);
    (void)fprintf(f, "    \"source\": \"least squares by `tokenroof fit --all` on the published measurements named in "
                     "rows; their origins stand in NOTICE\",\n    \"date\": \"2026-11-21\",\n");
    (void)fprintf(f, "    \"rows\": {\"of_this_chip_and_engine\": %zu", own_rows(data, w));
    for (int i = 0; i < data->files; i++)
        (void)fprintf(f, ", \"%s\": %zu", data->file[i], data->file_row[i]);
    (void)fprintf(f, "},\n");
    write_models(f, data);
    write_constants(f, data, r, w);
    write_basis(f, data, w);
    write_errors(f, r, w->last_fold);
    (void)fprintf(f, "    \"band\": {\n");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++)
        write_bands(f, tr_interval_name((tr_interval)q), c->band[q], q + 1 < TR_INTERVAL_COUNT ? "," : "");
    (void)fprintf(f, "    }\n}\n");
    return tr_replace_commit(&file, err);
}

static tr_status write_pair(const fit_data *data, const fit_result *r, int chip, int engine, const char *folder,
                            tr_error *err)
{
    tr_calibration c;
    fit_calibration(data, r, chip, engine, &c);
    const fit_written w = {&c, chip, engine, 0, "chip_left_out_engine_not_told"};
    return fit_write_one(data, r, &w, folder, err);
}

tr_status fit_write(const fit_data *data, const fit_result *result, const char *folder, tr_error *err)
{
    tr_status s = TR_OK;
    for (int chip = -1; s == TR_OK && chip < data->chips; chip++)
        for (int engine = -1; s == TR_OK && engine < data->engines; engine++)
            s = write_pair(data, result, chip, engine, folder, err);
    return s;
}
