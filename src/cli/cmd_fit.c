/* cli/cmd_fit.c -- `tokenroof fit`: calibrations from measured serving runs. */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fit/fit.h"
#include "fit/fit_stream.h"
#include "fit/kernel_fit.h"
#include "io/file.h"

static void print_error(cli *c, const char *what, const fit_error *tpot, const fit_error *ttft)
{
    cli_print(c, "  %-34s %6zu %7.1f %8.1f %7.1f %7.1f %9.1f", what, tpot->rows, 100 * tpot->mape_ratio,
              100 * tpot->median_ratio, 100 * tpot->p90_ratio, 100 * tpot->bias_ratio, 100 * tpot->within_20_share);
    if (ttft != NULL)
        cli_print(c, "   %7.1f %8.1f", 100 * ttft->mape_ratio, 100 * ttft->median_ratio);
    cli_print(c, "\n");
}

static void print_constants(cli *c, const fit_data *data, const fit_result *r)
{
    tr_calibration shared, one;
    fit_calibration(data, r, -1, -1, &shared);
    cli_print(c, "\nConstants\n  %-22s %10s %8s", "", "shared", "+-");
    for (int e = 0; e < data->engines; e++)
        cli_print(c, " %10s", data->engine[e]);
    for (int h = 0; h < data->chips; h++)
        cli_print(c, " %10s", data->chip[h]->name);
    cli_print(c, "\n");
    for (int k = 0; k < TR_CONSTANT_COUNT; k++) {
        char value[64];
        (void)tr_quantity_format(shared.value[k], tr_constant_unit((tr_constant)k), value, sizeof value);
        cli_print(c, "  %-22s %10s %6.0f %%", tr_constant_name((tr_constant)k), value, 100 * shared.error_ratio[k]);
        for (int e = 0; e < data->engines; e++) {
            fit_calibration(data, r, -1, e, &one);
            cli_print(c, " %10.2f", one.value[k] / shared.value[k]);
        }
        for (int h = 0; h < data->chips; h++) {
            fit_calibration(data, r, h, -1, &one);
            cli_print(c, " %10.2f", one.value[k] / shared.value[k]);
        }
        cli_print(c, "\n");
    }
}

static void print_result(cli *c, const fit_data *data, const fit_result *r)
{
    cli_print(c, "Rows: %zu used, %zu not", data->count, data->skipped);
    for (int i = 0; i < data->reasons; i++)
        cli_print(c, "%s%zu %s", i == 0 ? ": " : "; ", data->reason[i].count, data->reason[i].text);
    cli_print(c, "\n\n  %-34s %6s %7s %8s %7s %7s %9s   %7s %8s\n", "Time per output token, errors in %", "rows",
              "mape", "median", "p90", "bias", "within 20", "TTFT", "median");
    static const char *const fold[] = {"fitted", "a family left out", "an engine left out", "a chip left out",
                                       "a chip left out, engine not stated"};
    for (int k = 0; k < FIT_FOLD_COUNT; k++)
        print_error(c, fold[k], &r->error[TR_INTERVAL_TPOT][k], &r->error[TR_INTERVAL_TTFT][k]);
    cli_print(c, "\n  %-34s %6s %7s %8s %9s   %7s %8s %9s\n", "Left out, by bucket, in %", "rows", "mape", "median",
              "inside", "TTFT", "median", "inside");
    for (int i = 0; i < r->buckets; i++) {
        const fit_bucket *b = &r->bucket[i];
        cli_print(c, "  %-34s %6zu %7.1f %8.1f %9.0f   %7.1f %8.1f %9.0f\n", b->name, b->tpot.rows,
                  100 * b->tpot.mape_ratio, 100 * b->tpot.median_ratio, 100 * b->tpot_coverage_share,
                  100 * b->ttft.mape_ratio, 100 * b->ttft.median_ratio,
                  b->ttft.rows > 0 ? 100 * b->ttft_coverage_share : 0.0);
    }
    cli_print(c, "\n90 %% intervals, measured over predicted\n  %-14s", "");
    for (int d = 0; d < TR_DISTANCE_COUNT; d++)
        cli_print(c, " %14s", tr_distance_name((tr_distance)d));
    cli_print(c, "\n");
    for (int q = 0; q < TR_INTERVAL_COUNT; q++) {
        cli_print(c, "  %-14s", tr_interval_name((tr_interval)q));
        for (int d = 0; d < TR_DISTANCE_COUNT; d++)
            cli_print(c, "   %.2f to %.2f", r->band[q][d].low_ratio, r->band[q][d].high_ratio);
        cli_print(c, "\n");
    }
    print_constants(c, data, r);
}

static tr_status read_all(cli *c, fit_data *data, tr_error *err)
{
    tr_status s = TR_OK;
    char path[TR_PATH_MAX];
    const char *truth = tr_input_text(c->scenario, TR_IN_TRUTH);
    const int all = tr_input_choice(c->scenario, TR_IN_FIT_ALL) == 1;
    if (!all && c->arg_count == 0)
        return cli_fail(err, TR_EMISSING, "file", "expected CSV files of measured serving runs, or --all to read "
                                                  "those of --truth");
    for (size_t i = 0; all && s == TR_OK && fit_all_file(i) != NULL; i++) {
        s = tr_path_join(path, sizeof path, truth, fit_all_file(i), err);
        if (s == TR_OK)
            s = fit_read(path, data, err);
    }
    for (int i = 0; !all && s == TR_OK && i < c->arg_count; i++)
        s = fit_read(c->args[i], data, err);
    return s;
}

static void print_kernels(cli *c, const kernel_data *data)
{
    cli_print(c, "\n  %-34s %6s %7s %8s %7s %7s %9s\n", "Kernels, shapes left out", "rows", "mape", "median", "p90",
              "bias", "within 20");
    for (int k = TR_KERNEL_NONE + 1; k < TR_KERNEL_COUNT; k++) {
        const fit_error e = kernel_class_error(data, (tr_kernel_class)k);
        if (e.rows > 0)
            print_error(c, tr_kernel_class_name((tr_kernel_class)k), &e, NULL);
    }
    cli_print(c, "  medians and p90 are means over libraries and formats; decode attention counts from 10 us up\n");
}

static tr_status fit_kernels(cli *c, kernel_data *data, const char *out, tr_error *err)
{
    tr_status s = TR_OK;
    char path[TR_PATH_MAX];
    for (size_t i = 0; s == TR_OK && kernel_all_file(i) != NULL; i++) {
        s = tr_path_join(path, sizeof path, tr_input_text(c->scenario, TR_IN_TRUTH), kernel_all_file(i), err);
        if (s == TR_OK)
            s = kernel_read(path, data, err);
    }
    if (s == TR_OK)
        s = kernel_fit(data, err);
    if (s == TR_OK && out[0] != '\0')
        s = kernel_write(data, out, err);
    if (s == TR_OK)
        print_kernels(c, data);
    return s;
}

static void print_stream(cli *c, const fit_result *r)
{
    cli_print(c, "\n  %-34s %6s %7s %8s %7s %7s %9s   %7s %8s\n", "One stream at a time, errors in %",
              "rows", "mape", "median", "p90", "bias", "within 20", "prompt", "median");
    static const char *const fold[] = {"fitted", "a model left out", NULL, "a chip left out", "a maker left out"};
    for (int k = 0; k < FIT_FOLD_COUNT; k++)
        if (fold[k] != NULL) /* there is one engine */
            print_error(c, fold[k], &r->error[TR_INTERVAL_DECODE][k], &r->error[TR_INTERVAL_PREFILL][k]);
    for (int i = 0; i < r->buckets; i++)
        print_error(c, r->bucket[i].name, &r->bucket[i].tpot, NULL);
}

/* One table. data and result are another fit's, and are used again. */
static tr_status fit_one_stream(cli *c, const char *path, fit_data *data, fit_result *result, tr_error *err)
{
    const char *out = tr_input_text(c->scenario, TR_IN_OUT), *report = tr_input_text(c->scenario, TR_IN_REPORT);
    fit_data_free(data);
    tr_status s = fit_read_stream(path, data, err);
    if (s == TR_OK)
        s = fit_stream(data, result, err);
    if (s == TR_OK && out[0] != '\0')
        s = fit_stream_write(data, result, out, err);
    if (s == TR_OK && report[0] != '\0')
        s = fit_stream_report(result, data->file[0], report, err);
    if (s == TR_OK)
        print_stream(c, result);
    return s;
}

/* The one below --truth where all are read, and those named beside --all or alone. */
static tr_status fit_streams(cli *c, fit_data *data, fit_result *result, tr_error *err)
{
    char path[TR_PATH_MAX];
    tr_status s = tr_path_join(path, sizeof path, tr_input_text(c->scenario, TR_IN_TRUTH), fit_stream_file(), err);
    if (s == TR_OK && tr_input_choice(c->scenario, TR_IN_FIT_ALL) == 1)
        s = fit_one_stream(c, path, data, result, err);
    for (int i = 0; s == TR_OK && i < c->arg_count; i++)
        s = fit_one_stream(c, c->args[i], data, result, err);
    return s;
}

tr_status cmd_fit(cli *c, tr_error *err)
{
    kernel_data kernels;
    memset(&kernels, 0, sizeof kernels);
    fit_data *data = calloc(1, sizeof *data);
    fit_result *result = calloc(1, sizeof *result);
    tr_status s = data == NULL || result == NULL ? cli_fail(err, TR_ENOMEM, "", "out of memory") : TR_OK;
    const char *out = tr_input_text(c->scenario, TR_IN_OUT);
    if (s == TR_OK && out[0] != '\0' && access(out, W_OK | X_OK) != 0) /* before the work, not after it */
        s = cli_fail(err, TR_EIO, "out", "%.200s cannot be written to: %s", out, strerror(errno));
    if (s == TR_OK)
        s = read_all(c, data, err);
    const int serves = s == TR_OK && (data->count > 0 || c->arg_count == 0); /* else one stream, if rows are of that */
    if (serves)
        s = fit_serving(data, result, err);
    if (serves && s == TR_OK && out[0] != '\0')
        s = fit_write(data, result, out, err);
    if (serves && s == TR_OK)
        print_result(c, data, result);
    if (s == TR_OK && tr_input_choice(c->scenario, TR_IN_FIT_ALL) == 1)
        s = fit_kernels(c, &kernels, out, err);
    const char *report = tr_input_text(c->scenario, TR_IN_REPORT);
    if (serves && s == TR_OK && report[0] != '\0')
        s = fit_report(data, result, kernels.count > 0 ? &kernels : NULL, report, err);
    if (s == TR_OK && (!serves || tr_input_choice(c->scenario, TR_IN_FIT_ALL) == 1))
        s = fit_streams(c, data, result, err);
    kernel_data_free(&kernels);
    if (data != NULL)
        fit_data_free(data);
    free(data);
    free(result);
    return s;
}
