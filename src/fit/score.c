/* fit/score.c -- errors of predictions, overall and by group. */
#include "fit/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantile.h"
#include "base/sort.h"

enum { GROUP_MAX = 65536 };

/* Names with how often each was seen. */
typedef struct name_list {
    char **name;
    size_t *seen;
    size_t count, capacity;
} name_list;

struct tr_score {
    tr_judged *row;
    size_t count, capacity;
    name_list group[TR_BY_COUNT], reason;
};

const char *tr_by_name(tr_by by)
{
    static const char *const name[] = {"phase", "system", "model", "backend", "precision", "concurrency"};
    return by < TR_BY_COUNT ? name[by] : "overall";
}

static void *grown(void *array, size_t *capacity, size_t size)
{
    const size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *bigger = realloc(array, more * size);
    if (bigger != NULL)
        *capacity = more;
    return bigger;
}

/* Position of a name, added if new; -1: out of memory. */
static int position(name_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->name[i], name) == 0) {
            list->seen[i]++;
            return (int)i;
        }
    if (list->count == GROUP_MAX)
        return -1;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity;
        char **names = grown(list->name, &capacity, sizeof *names);
        if (names == NULL)
            return -1;
        list->name = names;
        size_t *seen = realloc(list->seen, capacity * sizeof *seen);
        if (seen == NULL)
            return -1;
        list->seen = seen;
        list->capacity = capacity;
    }
    const size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL)
        return -1;
    memcpy(copy, name, size);
    list->name[list->count] = copy;
    list->seen[list->count] = 1;
    return (int)list->count++;
}

static void free_names(name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->name[i]);
    free(list->name);
    free(list->seen);
}

tr_score *tr_score_create(void) { return calloc(1, sizeof(tr_score)); }

void tr_score_destroy(tr_score *score)
{
    if (score == NULL)
        return;
    for (int by = 0; by < TR_BY_COUNT; by++)
        free_names(&score->group[by]);
    free_names(&score->reason);
    free(score->row);
    free(score);
}

static tr_status no_memory(tr_error *err)
{
    return tr_fail(err, TR_ENOMEM, "", (double)NAN, "out of memory for the rows");
}

static const char *phase_of(const tr_measured *row)
{
    switch (row->metric) {
    case TR_METRIC_TPOT:
    case TR_METRIC_GENERATE: return "decode";
    case TR_METRIC_TTFT:
    case TR_METRIC_PROMPT: return "prefill";
    case TR_METRIC_OUTPUT: return "offline";
    case TR_METRIC_KERNEL: return tr_kernel_class_name(row->kernel.kind);
    case TR_METRIC_WORKED:
    case TR_METRIC_COUNT: break;
    }
    return "worked";
}

static const char *load_of(const tr_measured *row)
{
    static const struct {
        double most;
        const char *name;
    } step[] = {{0, "not stated"},  {1, "1"},         {4, "2 to 4"},     {16, "5 to 16"},
                {32, "17 to 32"}, {64, "33 to 64"}, {256, "65 to 256"}};
    const double seq =
        row->metric == TR_METRIC_KERNEL || row->metric == TR_METRIC_WORKED ? 0 : row->serving.concurrency_seq;
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++)
        if (seq <= step[i].most)
            return step[i].name;
    return "above 256";
}

tr_status tr_score_add(tr_score *score, int file, const tr_measured *row, const tr_prediction *prediction,
                       tr_error *err)
{
    if (score->count == score->capacity) {
        tr_judged *rows = grown(score->row, &score->capacity, sizeof *rows);
        if (rows == NULL)
            return no_memory(err);
        score->row = rows;
    }
    tr_judged *judged = &score->row[score->count];
    *judged = (tr_judged){.file = file,
                          .line = row->line,
                          .metric = row->metric,
                          .measured_s = row->measured_s,
                          .predicted_s = prediction->predicted_s,
                          .low_s = prediction->low_s,
                          .high_s = prediction->high_s,
                          .bound_s = prediction->bound_s};
    const char *const name[TR_BY_COUNT] = {
        phase_of(row),
        row->system != NULL ? row->system->chip.name : row->system_name,
        row->model != NULL ? row->model->name : row->model_name,
        row->engine,
        row->precision,
        load_of(row),
    };
    for (int by = 0; by < TR_BY_COUNT; by++) {
        judged->group[by] = position(&score->group[by], name[by]);
        if (judged->group[by] < 0)
            return no_memory(err);
    }
    score->count++;
    return TR_OK;
}

tr_status tr_score_skip(tr_score *score, const char *reason, tr_error *err)
{
    return position(&score->reason, reason) < 0 ? no_memory(err) : TR_OK;
}

size_t tr_score_count(const tr_score *score) { return score->count; }
const tr_judged *tr_score_at(const tr_score *score, size_t index) { return &score->row[index]; }
const char *tr_score_group_name(const tr_score *score, tr_by by, int group)
{
    return score->group[by].name[group];
}
size_t tr_score_group_count(const tr_score *score, tr_by by) { return score->group[by].count; }
size_t tr_score_reason_count(const tr_score *score) { return score->reason.count; }

const char *tr_score_reason(const tr_score *score, size_t index, size_t *count)
{
    *count = score->reason.seen[index];
    return score->reason.name[index];
}

static double error_of(const tr_judged *row) { return fabs(row->predicted_s / row->measured_s - 1); }

static int in_group(const tr_judged *row, tr_by by, int group)
{
    return by == TR_BY_COUNT || row->group[by] == group;
}

tr_status tr_score_line_of(const tr_score *score, tr_by by, int group, tr_score_line *out, tr_error *err)
{
    const double none = (double)NAN;
    double *ape = malloc(4 * (score->count + 1) * sizeof *ape);
    if (ape == NULL)
        return no_memory(err);
    double *signed_error = ape + score->count, *ratio = signed_error + score->count,
           *scratch = ratio + score->count;
    size_t n = 0, near = 0, inside = 0, banded = 0;
    for (size_t i = 0; i < score->count; i++) {
        const tr_judged *row = &score->row[i];
        if (!in_group(row, by, group))
            continue;
        ape[n] = error_of(row);
        signed_error[n] = row->predicted_s / row->measured_s - 1;
        ratio[n] = row->measured_s / row->predicted_s;
        near += ape[n] <= 0.2;
        banded += row->high_s > row->low_s;
        inside += row->low_s <= row->measured_s && row->measured_s <= row->high_s;
        n++;
    }
    *out = (tr_score_line){n, none, none, none, none, none, none, none};
    if (n > 0) {
        out->mape = tr_mean(ape, n);
        out->bias = tr_mean(signed_error, n);
        out->median_ratio = tr_quantile(ratio, n, 0.5, scratch);
        out->median_ape = tr_quantile(ape, n, 0.5, scratch);
        out->p90_ape = tr_quantile_sorted(ape, n, 0.9);
        out->within_20pct = (double)near / (double)n;
        out->band_coverage = banded > 0 ? (double)inside / (double)n : none;
    }
    free(ape);
    return TR_OK;
}

tr_status tr_score_worst(const tr_score *score, size_t *index, size_t *count, tr_error *err)
{
    double *key = malloc((score->count + 1) * sizeof *key);
    size_t *order = malloc(2 * (score->count + 1) * sizeof *order);
    if (key == NULL || order == NULL) {
        free(key);
        free(order);
        return no_memory(err);
    }
    for (size_t i = 0; i < score->count; i++) {
        key[i] = -error_of(&score->row[i]);
        order[i] = i;
    }
    tr_sort_index(key, order, score->count, order + score->count);
    if (*count > score->count)
        *count = score->count;
    memcpy(index, order, *count * sizeof *index);
    free(key);
    free(order);
    return TR_OK;
}
