/* fit/kernel_write.c -- fitted kernels and what they say of a serving pass, one file a chip. */
#include <string.h>

#include "base/fail.h"
#include "fit/kernel_fit.h"
#include "io/replace.h"

static void write_group(FILE *f, const kernel_data *data, const kernel_group *g, const char *end)
{
    const tr_kernel_class kind = (tr_kernel_class)g->row.kind;
    (void)fprintf(f, "        {\"kind\": \"%s\", \"engine\": \"%s\", \"precision\": \"%s\", \"key\": \"%s\",\n",
                  tr_kernel_class_name(kind), g->row.engine, g->row.precision, g->row.key);
    (void)fprintf(f, "         \"file\": \"%s\", \"rows\": %zu, ", data->file[g->file], g->count);
    for (int k = 0; k < kernel_constant_count(kind); k++)
        (void)fprintf(f, "\"%s\": %.4g, ", kernel_constant_at(kind, k)->name, g->row.value[k]);
    (void)fprintf(f, "\n         \"moved_ratio\": {");
    for (int k = 0; k < kernel_constant_count(kind); k++)
        (void)fprintf(f, "%s\"%s\": %.3g", k > 0 ? ", " : "", kernel_constant_at(kind, k)->name,
                      g->row.value[k] / kernel_constant_at(kind, k)->start);
    (void)fprintf(f,
                  "},\n         \"%s\": %.3f, \"median_ratio\": %.3f, \"low_ratio\": %.3f, \"high_ratio\": %.3f}%s\n",
                  g->in_sample ? "mape_of_the_fit_ratio" : "mape_of_shapes_left_out_ratio", g->left_out.mape_ratio,
                  g->left_out.median_ratio, g->row.low_ratio, g->row.high_ratio, end);
}

static int write_pass(FILE *f, const kernel_data *data, const char *chip, const char *engine, int written)
{
    kernel_pass_row row;
    for (int d = TR_DTYPE_NATIVE + 1; d < TR_DTYPE_COUNT; d++) {
        if (!kernel_pass_of(data, chip, engine, (tr_dtype)d, &row))
            continue;
        (void)fprintf(f, "%s\n        {\"engine\": \"%s\", \"format\": \"%s\", \"rows\": %.0f",
                      written++ > 0 ? "," : "", row.engine, row.format, row.rows);
        for (int v = 0; v < KERNEL_PASS_COUNT; v++)
            if (row.value[v] > 0)
                (void)fprintf(f, ", \"%s\": %.4g", kernel_pass_name(v), row.value[v]);
        (void)fprintf(f, "}");
    }
    return written;
}

/* Of any engine first, then of each. */
static void write_passes(FILE *f, const kernel_data *data, const char *chip)
{
    int written = write_pass(f, data, chip, "", 0);
    for (size_t i = 0; i < data->count; i++) {
        const kernel_row *row = &data->group[i].row;
        size_t first = 0;
        while (strcmp(data->group[first].row.chip, chip) != 0 ||
               strcmp(data->group[first].row.engine, row->engine) != 0) {
            if (first == i)
                break;
            first++;
        }
        if (first == i && strcmp(row->chip, chip) == 0 && row->engine[0] != '\0')
            written = write_pass(f, data, chip, row->engine, written);
    }
}

static tr_status write_chip(const kernel_data *data, const char *chip, const char *folder, tr_error *err)
{
    char path[TR_PATH_MAX], name[96];
    (void)snprintf(name, sizeof name, "kernels-%.60s.json", chip);
    tr_status s = tr_path_join(path, sizeof path, folder, name, err);
    tr_replacement file;
    if (s == TR_OK)
        s = tr_replace_begin(path, &file, err);
    if (s != TR_OK)
        return s;
    FILE *f = file.file;
    (void)fprintf(f, "{\n    \"name\": \"kernels-%s\",\n    \"chip\": \"%s\",\n", chip, chip);
    (void)fprintf(f, "    \"source\": \"least squares by `tokenroof fit --all` on the published tables named in files; "
                     "equations F11 to F17\",\n    \"date\": \"2026-11-21\",\n    \"files\": [");
    for (int i = 0; i < data->files; i++)
        (void)fprintf(f, "%s\"%s\"", i > 0 ? ", " : "", data->file[i]);
    (void)fprintf(f, "],\n    \"prior_spread\": %.2g,\n    \"kernels\": [\n", KERNEL_PRIOR_WIDTH);
    size_t left = 0;
    for (size_t i = 0; i < data->count; i++)
        left += strcmp(data->group[i].row.chip, chip) == 0;
    for (size_t i = 0; i < data->count; i++)
        if (strcmp(data->group[i].row.chip, chip) == 0)
            write_group(f, data, &data->group[i], --left > 0 ? "," : "");
    (void)fprintf(f, "    ],\n    \"pass\": [");
    write_passes(f, data, chip);
    (void)fprintf(f, "\n    ]\n}\n");
    return tr_replace_commit(&file, err);
}

tr_status kernel_write(const kernel_data *data, const char *folder, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < data->count; i++) {
        size_t first = 0;
        while (strcmp(data->group[first].row.chip, data->group[i].row.chip) != 0)
            first++;
        if (first == i)
            s = write_chip(data, data->group[i].row.chip, folder, err);
    }
    return s;
}
