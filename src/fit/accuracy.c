/* fit/accuracy.c -- how accurate the predictions are, as a page: docs/accuracy.md is made by it and by nothing else. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "fit/fit.h"
#include "fit/fit_stream.h"
#include "fit/kernel_fit.h"
#include "fit/solve.h"
#include "io/replace.h"

static void row(FILE *f, const char *what, const fit_error *e, const char *end)
{
    (void)fprintf(f, "| %s | %zu | %.1f | %.1f | %.1f | %+.1f | %.0f |%s", what, e->rows, 100 * e->mape_ratio,
                  100 * e->median_ratio, 100 * e->p90_ratio, 100 * e->bias_ratio, 100 * e->within_20_share, end);
}

static void write_folds(FILE *f, const fit_result *r)
{
    static const struct {
        tr_interval of;
        const char *title;
    } part[] = {
                {TR_INTERVAL_TPOT, "Time per output token (TPOT)"},
                {TR_INTERVAL_TTFT, "Time to the first token (TTFT)"},
                {TR_INTERVAL_CROWD, "Of these, with more than 128 clients"},
                {TR_INTERVAL_E2E, "A whole request, and with it throughput and cost"},
                {TR_INTERVAL_DECODE, "A pass that only decodes (runs whose prompts take under 2 % of it)"},
                {TR_INTERVAL_PREFILL, "A pass that takes in a prompt (TTFT with 8 clients or fewer)"}};
    static const char *const fold[] = {"fitted on these rows", "the whole family left out", "the engine left out",
                                       "the chip left out",
                                       "the chip left out, the engine not stated"};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        (void)fprintf(f,
                      "\n## %s\n\n| | rows | MAPE | median | p90 | bias | within 20 %% "
                      "| inside |\n|---|---|---|---|---|---|---|---|\n",
                      part[i].title);
        for (int k = 0; k < FIT_FOLD_COUNT; k++) {
            row(f, fold[k], &r->error[part[i].of][k], "");
            (void)fprintf(f, " %.0f %% |\n", 100 * r->coverage_share[part[i].of][k]);
        }
    }
}

static void write_in_bucket(FILE *f, const fit_error *e, double inside_share)
{
    const char *mark = e->rows >= 20 && inside_share < 0.8 ? "**" : "";
    if (e->rows == 0)
        (void)fprintf(f, "| 0 | | | ");
    else
        (void)fprintf(f, "| %zu | %.1f | %.1f | %s%.0f %%%s ", e->rows, 100 * e->mape_ratio,
                      100 * e->median_ratio, mark, 100 * inside_share, mark);
}

static void write_buckets(FILE *f, const fit_result *r)
{
    (void)fprintf(f, "\n## By bucket, left out\n\nEach family's rows are predicted by a fit without that "
                     "family, each chip's by one without that chip, each\nengine's by one without that engine, "
                     "by what "
                     "the engines left share, and all others by the fit without their family. Inside: the\nshare of "
                     "rows in the 90 %% interval that is printed for such a question. Below 80 %% in 20 rows or more "
                     "it stands **in bold**: there the interval is not true.\n\n"
                     "| bucket | rows | TPOT MAPE | median | inside | rows | TTFT MAPE | median | inside |\n"
                     "|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < r->buckets; i++) {
        const fit_bucket *b = &r->bucket[i];
        (void)fprintf(f, "| %s ", b->name);
        write_in_bucket(f, &b->tpot, b->tpot_coverage_share);
        write_in_bucket(f, &b->ttft, b->ttft_coverage_share);
        (void)fprintf(f, "|\n");
    }
}

static void write_intervals(FILE *f, const fit_result *r)
{
    (void)fprintf(
        f,
        "\n## The intervals\n\n90 %% of measured times lie within these multiples of the predicted one. Near: chip, "
        "engine and model were measured.\nModel: the model was not measured. Engine: the chip was measured; no engine "
        "was named, or it was not measured. Chip: constants of\nthe nearest measured chip. Generic: another maker, "
        "another class of machine.\n\n"
        "| | near | model | engine | chip | generic |\n|---|---|---|---|---|---|\n");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        (void)fprintf(f, "| %s ", tr_interval_name((tr_interval)q));
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            (void)fprintf(f, "| %.2f to %.2f ", r->band[q][d].low_ratio, r->band[q][d].high_ratio);
        (void)fprintf(f, "|\n");
    }
}

/* A peer's own figures: which rows they are of is published by number alone, so ours stand on other rows of the same
 * kind, and the page says so. */
static void write_peers(FILE *f, const fit_result *r)
{
    static const struct {
        const char *bucket, *rows, *tpot;
    } peer[] = {{"chip h100-sxm", "H100", "12.5 / 9.3"},
                {"chip b200-sxm", "B200", "40.6 / 18.6"},
                {"engine vllm", "vLLM", "15.2 / 13.4"},
                {"engine sglang", "SGLang", "27.0 / 17.9"},
                {"engine trtllm", "TensorRT-LLM", "41.9 / 14.2"}};
    (void)fprintf(f, "\n## Beside a table of measured kernels\n\n"
                     "NVIDIA's AIConfigurator looks operators up in tables of measured kernels. The tables of "
                     "measurements used "
                     "here hold no\npredictions of it row by row, so a comparison on exactly the same rows "
                     "cannot be made from "
                     "them. What was published: its\nversion of August 2026 is 21.2 / 13.7 %% (MAPE / median) "
                     "off in TPOT and "
                     "47 / 44 %% in TTFT on the 1814 rows of its own\nsample that it answers; version 0.10.0 on 2219 "
                     "aggregated rows of that sample as below, 29.4 / 14.7 over all. Ours are on\nthe rows of "
                     "that sample, and "
                     "of InferenceX and BLIS, that this fit uses, with the chip or the engine left out of it.\n\n"
                     "| rows | AIConfigurator 0.10.0, TPOT MAPE / median | ours, left out | of rows "
                     "|\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof peer / sizeof peer[0]; i++)
        for (int b = 0; b < r->buckets; b++)
            if (strcmp(r->bucket[b].name, peer[i].bucket) == 0)
                (void)fprintf(f, "| %s | %s | %.1f / %.1f | %zu |\n", peer[i].rows, peer[i].tpot,
                              100 * r->bucket[b].tpot.mape_ratio, 100 * r->bucket[b].tpot.median_ratio,
                              r->bucket[b].tpot.rows);
}

/* What moved, and how far: in the logarithm, by the spread of what was known before. */
static void write_constants(FILE *f, const fit_data *data, const fit_result *r)
{
    tr_calibration shared;
    fit_calibration(data, r, -1, -1, &shared);
    (void)fprintf(f, "\n## What the constants rest on\n\n"
                     "Of those that all chips and engines share. Rows are those whose prediction depends on the "
                     "constant; spread "
                     "is how far\nfrom the prior it could lie, moved how far it lies, as a ratio and in "
                     "spreads. Each file of "
                     "`data/calibration` says the\nsame of its own, with the source of the rows.\n\n"
                     "| constant | value | prior | spread | moved | in spreads | rows "
                     "|\n|---|---|---|---|---|---|---|\n");
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        const double prior = fit_value(k, r->prior[k].at), spread = fit_spread(data, &r->prior[k], -1, -1);
        size_t rows = 0;
        for (size_t i = 0; i < data->count; i++)
            rows += data->row[i].tells >> k & 1U;
        (void)fprintf(f, "| %s | %.3g | %.3g | %.2f | x %.2f | %+.1f | %zu |\n", tr_constant_name((tr_constant)k),
                      shared.value[k], prior, spread, shared.value[k] / prior, (r->shared[k] - r->prior[k].at) / spread,
                      rows);
    }
}

static void write_rows(FILE *f, const fit_data *data)
{
    (void)fprintf(f, "\n## The rows\n\n");
    for (int s = 0; s < data->sources; s++) {
        size_t rows = 0;
        for (size_t i = 0; i < data->count; i++)
            rows += (size_t)(data->row[i].source == s);
        (void)fprintf(f, "- %zu of %s\n", rows, data->source[s]);
    }
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
            row(f, tr_kernel_class_name((tr_kernel_class)k), &e, "\n");
    }
}

tr_status fit_report(const fit_data *data, const fit_result *result, const kernel_data *kernels, const char *path,
                     tr_error *err)
{
    tr_replacement file;
    const tr_status s = tr_replace_begin(path, &file, err);
    if (s != TR_OK)
        return s;
    FILE *f = file.file;
    (void)fprintf(
        f, "# How accurate the predictions are\n\nWritten by `tokenroof fit --all tests/measured/llamacpp_cpu.csv "
           "tests/measured/mlx.csv --report docs/accuracy.md` from\npublished measurements; their origins stand in "
           "NOTICE. Errors in %%\nof the measurement: MAPE is the mean, bias is signed. Rows are read as they were run "
           "(`data/protocols`).\n"
           "What is left out, a fit knows nothing of.\n");
    write_folds(f, result);
    write_buckets(f, result);
    write_intervals(f, result);
    write_peers(f, result);
    write_constants(f, data, result);
    if (kernels != NULL)
        write_kernels(f, kernels);
    write_rows(f, data);
    return tr_replace_commit(&file, err);
}

/* ---- one stream at a time ------------------------------------------------------------------ */

tr_status fit_stream_report(const fit_result *r, const char *title, const char *path, tr_error *err)
{
    static const char *const fold[FIT_FOLD_COUNT] = {"fitted on these rows", "the model left out", NULL,
                                                     "the device left out", "the maker left out"};
    FILE *f = fopen(path, "a");
    if (f == NULL)
        return tr_fail(err, TR_EIO, "report", 0.0, "%.200s cannot be written", path);
    (void)fprintf(f, "\n## One stream at a time: %s\n\nA token of an answer (tg), and a prompt (pp). Aims: answers "
                     "8 / 6 and prompts 20 / 15 %% (MAPE / median) fitted, 12 / 10\nand 25 / 18 %% with the device "
                     "left out; 85 to 95 %% inside.\n\n"
                     "| | rows | answer MAPE | median | inside | rows | prompt MAPE | median | inside |\n"
                     "|---|---|---|---|---|---|---|---|---|\n", title);
    for (int k = 0; k < FIT_FOLD_COUNT; k++) {
        if (fold[k] == NULL || r->error[TR_INTERVAL_DECODE][k].rows + r->error[TR_INTERVAL_PREFILL][k].rows == 0)
            continue;
        (void)fprintf(f, "| all, %s ", fold[k]);
        write_in_bucket(f, &r->error[TR_INTERVAL_DECODE][k], r->coverage_share[TR_INTERVAL_DECODE][k]);
        write_in_bucket(f, &r->error[TR_INTERVAL_PREFILL][k], r->coverage_share[TR_INTERVAL_PREFILL][k]);
        (void)fprintf(f, "|\n");
    }
    for (int i = 0; i < r->buckets; i++) {
        const fit_bucket *b = &r->bucket[i];
        if (strchr(b->name, ',') == NULL) /* a chip alone */
            continue;
        (void)fprintf(f, "| %s ", b->name);
        write_in_bucket(f, &b->tpot, b->tpot_coverage_share);
        write_in_bucket(f, &b->ttft, b->ttft_coverage_share);
        (void)fprintf(f, "|\n");
    }
    const int bad = ferror(f) != 0;
    if (fclose(f) != 0 || bad)
        return tr_fail(err, TR_EIO, "report", 0.0, "%.200s could not be written", path);
    return TR_OK;
}
