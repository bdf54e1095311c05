/* fit/kernel_fit.c -- constants of kernels: least squares of logarithms, judged by shapes left out. */
#include "fit/kernel_fit.h"

#include <cminpack.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/sort.h"
#include "base/text.h"
#include "io/file.h"

enum { FOLD_COUNT = 4, LEAST_ROWS = 24 };

#define NOISE 0.1
#define MOST_SHARE 0.98
#define STEP_LOG 1e-5
#define DECODE_LEAST_S 10e-6

void kernel_data_free(kernel_data *data)
{
    for (size_t i = 0; i < data->count; i++) {
        free(data->group[i].kernel);
        free(data->group[i].measured_s);
        free(data->group[i].beaten);
    }
    free(data->group);
    memset(data, 0, sizeof *data);
}

const char *kernel_all_file(size_t index)
{
    static const char *const all[] = {"kernel_gemm.csv", "kernel_decode_attention.csv", "kernel_prefill_attention.csv",
                                      "kernel_mla.csv",  "kernel_moe.csv",              "kernel_comm.csv",
                                      "kernel_deepep.csv", "kernel_vidur_mlp.csv",      "kernel_vidur_network.csv"};
    return index < sizeof all / sizeof all[0] ? all[index] : NULL;
}

/* ---- reading ---------------------------------------------------------------------- */

static kernel_group *group_of(kernel_data *data, const tr_measured *m)
{
    char key[KERNEL_KEY_SIZE];
    kernel_key(m, key, sizeof key);
    for (size_t i = data->count; i > 0; i--) { /* rows of one group stand together */
        kernel_group *g = &data->group[i - 1];
        if (g->row.kind == (int)m->kernel.kind && strcmp(g->row.chip, m->system->chip.name) == 0 &&
            strcmp(g->row.key, key) == 0)
            return g;
    }
    if (data->count == data->capacity) {
        const size_t more = data->capacity == 0 ? 64 : 2 * data->capacity;
        kernel_group *grown = realloc(data->group, more * sizeof *grown);
        if (grown == NULL)
            return NULL;
        data->group = grown;
        data->capacity = more;
    }
    kernel_group *g = &data->group[data->count++];
    memset(g, 0, sizeof *g);
    (void)tr_text_copy(g->row.chip, sizeof g->row.chip, m->system->chip.name);
    (void)tr_text_copy(g->row.engine, sizeof g->row.engine, m->engine);
    (void)tr_text_copy(g->row.precision, sizeof g->row.precision, m->precision);
    (void)tr_text_copy(g->row.key, sizeof g->row.key, key);
    g->row.kind = (int)m->kernel.kind;
    g->file = data->files - 1;
    g->chip = tr_chip_catalog_find(m->system->chip.name);
    return g;
}

static tr_status take(void *context, const tr_measured *m, tr_error *err)
{
    kernel_data *data = context;
    if (m->metric != TR_METRIC_KERNEL || !(m->measured_s > 0) || kernel_constant_count(m->kernel.kind) == 0)
        return TR_OK;
    kernel_group *g = group_of(data, m);
    if (g == NULL || g->chip == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory, or a chip that is not in the catalog");
    if (g->count == g->capacity) {
        const size_t more = g->capacity == 0 ? 256 : 2 * g->capacity;
        tr_kernel *kernel = realloc(g->kernel, more * sizeof *kernel);
        if (kernel != NULL)
            g->kernel = kernel;
        double *measured = realloc(g->measured_s, more * sizeof *measured);
        if (measured != NULL)
            g->measured_s = measured;
        unsigned char *beaten = realloc(g->beaten, more * sizeof *beaten);
        if (beaten != NULL)
            g->beaten = beaten;
        if (kernel == NULL || measured == NULL || beaten == NULL)
            return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
        g->capacity = more;
    }
    double least_s = 0;
    const tr_status s = kernel_least_s(&m->kernel, g->chip, g->chip->cache_byte, &least_s, err);
    if (s != TR_OK)
        return s;
    g->kernel[g->count] = m->kernel;
    g->beaten[g->count] = least_s > m->measured_s;
    g->measured_s[g->count++] = m->measured_s;
    return TR_OK;
}

static tr_status skip(void *context, int line, const char *reason, tr_error *err)
{
    (void)context;
    (void)line;
    (void)reason;
    (void)err;
    return TR_OK;
}

tr_status kernel_read(const char *path, kernel_data *data, tr_error *err)
{
    if (data->files == FIT_FILE_MAX)
        return tr_fail(err, TR_ECAPACITY, "file", 0.0, "more than %d files", FIT_FILE_MAX);
    const tr_measured_sink sink = {take, skip, data};
    const char *form = NULL;
    size_t count = 0;
    (void)snprintf(data->file[data->files], sizeof data->file[0], "%.63s", tr_path_last(path));
    data->files++;
    return tr_measured_read(path, &sink, &count, &form, err);
}

/* ---- one group -------------------------------------------------------------------- */

typedef struct one {
    const kernel_group *g;
    int fold; /* left out; -1: none */
    int n;
} one;

static double constant_of(tr_kernel_class kind, int index, double logarithm)
{
    const double value = exp(logarithm);
    return kernel_constant_at(kind, index)->is_share && value > MOST_SHARE ? MOST_SHARE : value;
}

static void constants_of(const one *w, const double *x, double *value)
{
    for (int k = 0; k < w->n; k++)
        value[k] = constant_of((tr_kernel_class)w->g->row.kind, k, x[k]);
}

static double log_time(const one *w, size_t i, const double *value)
{
    return log(kernel_time_s(&w->g->kernel[i], w->g->chip, value));
}

static int is_left(const one *w, size_t i)
{
    return w->fold >= 0 && (int)(kernel_shape(&w->g->kernel[i]) % FOLD_COUNT) == w->fold;
}

static double soften(double z, double *slope)
{
    const double s = sqrt(1.0 + z * z);
    const double f = sqrt(2.0 * (z * z / (1.0 + s)));
    *slope = f > 1e-12 ? fabs(z) / s / f : 1.0;
    return z < 0.0 ? -f : f;
}

static int evaluate(void *context, int m, int n, const double *x, double *f, double *jac, int ld, int flag)
{
    const one *w = context;
    const size_t rows = (size_t)(m - n);
    double at[KERNEL_CONSTANT_MAX], value[KERNEL_CONSTANT_MAX], moved[KERNEL_CONSTANT_MAX][KERNEL_CONSTANT_MAX];
    memcpy(at, x, (size_t)n * sizeof *at);
    constants_of(w, x, value);
    for (int k = 0; flag == 2 && k < n; k++) {
        at[k] = x[k] + STEP_LOG;
        constants_of(w, at, moved[k]);
        at[k] = x[k];
    }
    for (size_t i = 0; i < rows; i++) {
        double slope = 1.0;
        const int left = is_left(w, i) || w->g->beaten[i];
        const double t = left ? 0.0 : log_time(w, i, value);
        const double r = left ? 0.0 : soften((t - log(w->g->measured_s[i])) / NOISE, &slope);
        if (flag == 1)
            f[i] = r;
        for (int k = 0; flag == 2 && k < n; k++) {
            const double d = left ? 0.0 : slope * (log_time(w, i, moved[k]) - t) / (STEP_LOG * NOISE);
            jac[(size_t)k * (size_t)ld + i] = d;
        }
    }
    for (int k = 0; k < n; k++) {
        const double start = log(kernel_constant_at((tr_kernel_class)w->g->row.kind, k)->start);
        if (flag == 1)
            f[rows + (size_t)k] = (x[k] - start) / KERNEL_PRIOR_WIDTH;
        for (int j = 0; flag == 2 && j < n; j++)
            jac[(size_t)j * (size_t)ld + rows + (size_t)k] = j == k ? 1.0 / KERNEL_PRIOR_WIDTH : 0.0;
    }
    return 0;
}

static tr_status solve(const kernel_group *g, int fold, double *x, tr_error *err)
{
    one w = {.g = g, .fold = fold, .n = kernel_constant_count((tr_kernel_class)g->row.kind)};
    const int n = w.n, m = (int)g->count + n;
    const size_t un = (size_t)n, um = (size_t)m;
    double *work = calloc(um * (un + 2) + 6 * un, sizeof *work);
    int pivot[KERNEL_CONSTANT_MAX], calls = 0, slopes = 0;
    if (work == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    double *f = work, *jac = f + um, *last = jac + um * un, *small = last + um;
    for (int k = 0; k < n; k++)
        x[k] = log(kernel_constant_at((tr_kernel_class)g->row.kind, k)->start);
    (void)lmder(evaluate, &w, m, n, x, f, jac, m, 1e-8, 1e-6, 0.0, 60, small, 1, 1.0, 0, &calls, &slopes, pivot,
                small + un, small + 2 * un, small + 3 * un, small + 4 * un, last);
    free(work);
    return TR_OK;
}

static int shapes_differ(const kernel_group *g)
{
    int seen[FOLD_COUNT] = {0};
    int folds = 0;
    for (size_t i = 0; i < g->count; i++) {
        const unsigned fold = kernel_shape(&g->kernel[i]) % FOLD_COUNT;
        folds += seen[fold] == 0;
        seen[fold] = 1;
    }
    return folds >= 2 && g->count >= LEAST_ROWS;
}

/* Decode attention under 10 us is launch noise: it is fitted and not judged. */
static int is_judged(const kernel_group *g, size_t i)
{
    return g->row.kind != (int)TR_KERNEL_DECODE_ATTENTION || g->measured_s[i] > DECODE_LEAST_S;
}

static void judge(kernel_group *g, double *ratio, double *scratch, size_t count)
{
    fit_error *e = &g->left_out;
    double *ape = scratch + count;
    e->rows = count;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        ape[i] = fabs(1.0 / ratio[i] - 1.0);
        e->bias_ratio += (1.0 / ratio[i] - 1.0) / (double)count;
        e->within_20_share += ape[i] <= 0.2 ? 1.0 / (double)count : 0.0;
    }
    e->mape_ratio = tr_mean(ape, count);
    tr_sort_double(ape, count, scratch);
    e->median_ratio = tr_quantile_sorted(ape, count, 0.5);
    e->p90_ratio = tr_quantile_sorted(ape, count, 0.9);
    tr_sort_double(ratio, count, scratch);
    const double low = tr_quantile_sorted(ratio, count, 0.05), high = tr_quantile_sorted(ratio, count, 0.95);
    g->row.low_ratio = low < 0.98 ? low : 0.98;
    g->row.high_ratio = high > 1.02 ? high : 1.02;
}

static tr_status fit_group(kernel_group *g, tr_error *err)
{
    double x[KERNEL_CONSTANT_MAX], value[KERNEL_CONSTANT_MAX];
    double *ratio = calloc(3 * g->count + 3, sizeof *ratio);
    if (ratio == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    one w = {.g = g, .fold = -1, .n = kernel_constant_count((tr_kernel_class)g->row.kind)};
    tr_status s = TR_OK;
    size_t count = 0;
    g->in_sample = !shapes_differ(g);
    for (w.fold = g->in_sample ? -1 : 0; s == TR_OK && w.fold < FOLD_COUNT; w.fold++) {
        s = solve(g, w.fold, x, err);
        if (s == TR_OK)
            constants_of(&w, x, value);
        for (size_t i = 0; s == TR_OK && i < g->count; i++)
            if ((g->in_sample || is_left(&w, i)) && is_judged(g, i))
                ratio[count++] = exp(log(g->measured_s[i]) - log_time(&w, i, value));
        if (g->in_sample)
            break;
    }
    if (s == TR_OK)
        s = solve(g, -1, x, err);
    for (int k = 0; s == TR_OK && k < w.n; k++)
        g->row.value[k] = constant_of((tr_kernel_class)g->row.kind, k, x[k]);
    g->row.rows = (double)g->count;
    g->row.low_ratio = 0.5;
    g->row.high_ratio = 2.0;
    judge(g, ratio, ratio + g->count, count);
    free(ratio);
    return s;
}

tr_status kernel_fit(kernel_data *data, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < data->count; i++)
        s = fit_group(&data->group[i], err);
    return s;
}

fit_error kernel_class_error(const kernel_data *data, tr_kernel_class kind)
{
    fit_error all;
    memset(&all, 0, sizeof all);
    for (size_t i = 0; i < data->count; i++) {
        const fit_error *e = &data->group[i].left_out;
        if (kind != TR_KERNEL_NONE && data->group[i].row.kind != (int)kind)
            continue;
        const double n = (double)e->rows;
        all.rows += e->rows;
        all.mape_ratio += n * e->mape_ratio;
        all.median_ratio += n * e->median_ratio;
        all.p90_ratio += n * e->p90_ratio;
        all.bias_ratio += n * e->bias_ratio;
        all.within_20_share += n * e->within_20_share;
    }
    const double n = all.rows > 0 ? (double)all.rows : 1.0;
    all.mape_ratio /= n;
    all.median_ratio /= n;
    all.p90_ratio /= n;
    all.bias_ratio /= n;
    all.within_20_share /= n;
    return all;
}
