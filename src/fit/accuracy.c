/* fit/accuracy.c -- how accurate the predictions are, as a page: docs/accuracy.md is made by it and by nothing else. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "fit/fit.h"
#include "fit/kernel_fit.h"

static void row(FILE *f, const char *what, const fit_error *e)
{
    (void)fprintf(f, "| %s | %zu | %.1f | %.1f | %.1f | %+.1f | %.0f |\n", what, e->rows, 100 * e->mape_ratio,
                  100 * e->median_ratio, 100 * e->p90_ratio, 100 * e->bias_ratio, 100 * e->within_20_share);
}

static void write_folds(FILE *f, const fit_result *r)
{
    static const struct {
        tr_interval of;
        const char *title;
    } part[] = {{TR_INTERVAL_TPOT, "Time per output token (TPOT)"},
                {TR_INTERVAL_TTFT, "Time to the first token (TTFT)"},
                {TR_INTERVAL_E2E, "A whole request, and with it throughput and cost"},
                {TR_INTERVAL_DECODE, "A pass that only decodes (runs whose prompts take under 2 % of it)"},
                {TR_INTERVAL_PREFILL, "A pass that takes in a prompt (TTFT with 8 clients or fewer)"}};
    static const char *const fold[] = {"fitted on these rows", "the whole family left out", "the chip left out",
                                       "the chip left out, the engine not told"};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        (void)fprintf(f,
                      "\n## %s\n\n| | rows | MAPE | median | p90 | bias | within 20 %% "
                      "|\n|---|---|---|---|---|---|---|\n",
                      part[i].title);
        for (int k = 0; k < FIT_FOLD_COUNT; k++)
            row(f, fold[k], &r->error[part[i].of][k]);
    }
}

static void write_buckets(FILE *f, const fit_result *r)
{
    (void)fprintf(f, "\n## By bucket, left out\n\nEach family's rows are predicted by a fit without that "
                     "family, each chip's "
                     "by one without that chip, and all\nothers by the fit without their family. Inside: the "
                     "share of rows "
                     "in the 90 %% interval that is printed for such a question.\n\n"
                     "| bucket | rows | TPOT MAPE | median | inside | rows | TTFT MAPE | median | inside |\n"
                     "|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < r->buckets; i++) {
        const fit_bucket *b = &r->bucket[i];
        (void)fprintf(f, "| %s | %zu | %.1f | %.1f | %.0f %% ", b->name, b->tpot.rows, 100 * b->tpot.mape_ratio,
                      100 * b->tpot.median_ratio, 100 * b->tpot_coverage_share);
        if (b->ttft.rows > 0)
            (void)fprintf(f, "| %zu | %.1f | %.1f | %.0f %% |\n", b->ttft.rows, 100 * b->ttft.mape_ratio,
                          100 * b->ttft.median_ratio, 100 * b->ttft_coverage_share);
        else
            (void)fprintf(f, "| 0 | | | |\n");
    }
}

static void write_intervals(FILE *f, const fit_result *r)
{
    (void)fprintf(
        f,
        "\n## The intervals\n\nMeasured over predicted, nine in ten. Near: chip, engine and model were "
        "measured. "
        "Model: the model was not. Chip: constants\nof the nearest relative. Generic: another maker, another "
        "class of machine.\n\n| | near | model | chip | generic |\n|---|---|---|---|---|\n");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        (void)fprintf(f, "| %s ", tr_interval_name((tr_interval)q));
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            (void)fprintf(f, "| %.2f to %.2f ", r->band[q][d].low_ratio, r->band[q][d].high_ratio);
        (void)fprintf(f, "|\n");
    }
}

static void write_rows(FILE *f, const fit_data *data)
{
    (void)fprintf(f, "\n## The rows\n\n");
    for (int i = 0; i < data->files; i++)
        (void)fprintf(f, "- %zu of %s\n", data->file_row[i], data->file[i]);
    (void)fprintf(f, "\nLeft aside, by rule:\n\n");
    for (int i = 0; i < data->reasons; i++)
        (void)fprintf(f, "- %zu: %s\n", data->reason[i].count, data->reason[i].text);
}

static void write_kernels(FILE *f, const kernel_data *kernels)
{
    (void)fprintf(f, "\n## Kernels alone, shapes left out\n\n| class | rows | MAPE | median | p90 | bias | "
                     "within 20 %% |\n"
                     "|---|---|---|---|---|---|---|\n");
    for (int k = TR_KERNEL_NONE + 1; k < TR_KERNEL_COUNT; k++) {
        const fit_error e = kernel_class_error(kernels, (tr_kernel_class)k);
        if (e.rows > 0)
            row(f, tr_kernel_class_name((tr_kernel_class)k), &e);
    }
}

tr_status fit_report(const fit_data *data, const fit_result *result, const kernel_data *kernels, const char *path,
                     tr_error *err)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return tr_fail(err, TR_EIO, "report", 0.0, "%.200s cannot be written", path);
    (void)fprintf(
        f, "# How accurate the predictions are\n\nWritten by `tokenroof fit --all --report docs/accuracy.md` "
           "from "
           "published measurements; their origins stand in NOTICE. Errors in %%\nof the measurement: MAPE is "
           "the "
           "mean, bias is signed. Rows are read as they were run (`data/protocols`).\n\n"
           "On rows that NVIDIA's AIConfigurator answers too, its own published error is 21.2 / 13.7 (MAPE / "
           "median) for TPOT and\n47 / 44 for TTFT.\n");
    write_folds(f, result);
    write_buckets(f, result);
    write_intervals(f, result);
    if (kernels != NULL)
        write_kernels(f, kernels);
    write_rows(f, data);
    const int bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        return tr_fail(err, TR_EIO, "report", 0.0, "%.200s could not be written", path);
    return TR_OK;
}
