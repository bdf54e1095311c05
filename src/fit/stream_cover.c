/* fit/stream_cover.c -- how the intervals of one stream hold, by kind of device and by what was left out. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fit/fit_stream.h"

/* The interval that a row is given whose fold this is. */
static tr_distance distance_of(fit_fold fold)
{
    static const tr_distance of[FIT_FOLD_COUNT] = {[FIT_FITTED] = TR_DISTANCE_NEAR, [FIT_FAMILY] = TR_DISTANCE_MODEL,
                                                   [FIT_ENGINE] = TR_DISTANCE_ENGINE, [FIT_CHIP] = TR_DISTANCE_CHIP,
                                                   [FIT_CHIP_ENGINE] = TR_DISTANCE_GENERIC};
    return of[fold];
}

static const char *kind_of(const fit_data *data, const fit_row *row)
{
    const tr_chip *chip = data->chip[row->chip];
    if (tr_text_starts(data->model[row->model]->name, "gpt-oss"))
        return "gpt-oss";
    if (chip->kind == TR_CHIP_CPU)
        return "CPUs";
    if (strcmp(chip->vendor, "Apple") != 0)
        return strcmp(chip->vendor, "NVIDIA") == 0 ? "CUDA cards" : chip->vendor;
    return tr_text_starts(chip->name, "m1") ? "Apple M1"
           : tr_text_starts(chip->name, "m2") ? "Apple M2" : "Apple M3 on";
}

/* Rows of a kind (NULL: all) that decode or take in a prompt: their errors, and the share inside. room: 2 a row. */
static fit_error look(const fit_data *data, const double *seen, const char *kind, int decodes, const tr_band *band,
                      double *room, double *inside_share)
{
    size_t n = 0, inside = 0;
    for (size_t i = 0; i < data->count; i++) {
        const fit_row *row = &data->row[i];
        const double x = seen[i];
        if (!isfinite(x) || (row->tpot_s > 0.0) != decodes || (kind != NULL && strcmp(kind_of(data, row), kind) != 0))
            continue;
        room[n++] = x;
        inside += x >= band->low_ratio && x <= band->high_ratio;
    }
    *inside_share = n > 0 ? (double)inside / (double)n : 0.0;
    return fit_error_of(room, n, room + data->count);
}

static int is_first_of_kind(const fit_data *data, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(kind_of(data, &data->row[j]), kind_of(data, &data->row[i])) == 0)
            return 0;
    return 1;
}

void fit_stream_cover(const fit_data *data, const double *seen, double *room, fit_result *out)
{
    static const tr_interval q[] = {TR_INTERVAL_PREFILL, TR_INTERVAL_DECODE};
    for (int k = 0; k < FIT_FOLD_COUNT; k++)
        for (int decodes = 0; decodes < 2; decodes++)
            (void)look(data, seen + (size_t)k * data->count, NULL, decodes,
                       &out->band[q[decodes]][distance_of((fit_fold)k)],
                       room, &out->coverage_share[q[decodes]][k]);
    static const struct {
        fit_fold fold;
        const char *words;
    } shown[] = {{FIT_FITTED, "fitted"}, {FIT_CHIP, "the device left out"}};
    for (size_t i = 0; i < data->count; i++)
        for (size_t f = 0; is_first_of_kind(data, i) && f < 2 && out->buckets < FIT_BUCKET_MAX; f++) {
            fit_bucket *b = &out->bucket[out->buckets++];
            const char *kind = kind_of(data, &data->row[i]);
            const double *of = seen + (size_t)shown[f].fold * data->count;
            const tr_distance d = distance_of(shown[f].fold);
            (void)snprintf(b->name, sizeof b->name, "%.20s, %s", kind, shown[f].words);
            b->tpot = look(data, of, kind, 1, &out->band[TR_INTERVAL_DECODE][d], room, &b->tpot_coverage_share);
            b->ttft = look(data, of, kind, 0, &out->band[TR_INTERVAL_PREFILL][d], room, &b->ttft_coverage_share);
        }
}
