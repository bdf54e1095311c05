/* fit/validate_figure.c -- predicted against measured on log axes, with the line of truth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "fit/validation.h"

enum { POINTS_MAX = 4000 }; /* more are thinned evenly: a picture of forty thousand is a blot */

tr_status tr_validation_figure(const tr_validation *v, const tr_figure_target *target, tr_sink *sink,
                               tr_error *err)
{
    const tr_score *score = v->score[v->physics];
    const size_t count = tr_score_count(score);
    const size_t phases = tr_score_group_count(score, TR_BY_PHASE);
    const size_t stride = count / POINTS_MAX + 1;
    if (count == 0)
        return tr_fail(err, TR_ENOFIT, "file", (double)NAN,
                       "no row could be judged: there is nothing to draw");
    double *x = malloc(2 * (count + 1) * sizeof *x);
    if (x == NULL)
        return tr_fail(err, TR_ENOMEM, "", (double)NAN, "out of memory");
    double *y = x + count + 1;
    tr_series series[TR_FIGURE_SERIES_MAX];
    size_t series_count = 0, n = 0;
    double low = HUGE_VAL, high = 0;
    static const tr_role role[] = {TR_ROLE_COMPUTE, TR_ROLE_WEIGHTS, TR_ROLE_KV,
                                   TR_ROLE_COMM,    TR_ROLE_FIXED,   TR_ROLE_OTHER};
    for (size_t p = 0; p < phases && series_count + 3 < TR_FIGURE_SERIES_MAX; p++) {
        const size_t start = n;
        for (size_t i = 0; i < count; i += stride) {
            const tr_judged *row = tr_score_at(score, i);
            if (row->group[TR_BY_PHASE] != (int)p)
                continue;
            x[n] = row->measured_s;
            y[n] = row->predicted_s;
            low = fmin(low, fmin(x[n], y[n]));
            high = fmax(high, fmax(x[n], y[n]));
            n++;
        }
        if (n > start)
            series[series_count++] = (tr_series){.name = tr_score_group_name(score, TR_BY_PHASE, (int)p),
                                                 .kind = TR_SERIES_POINTS,
                                                 .role = role[p % (sizeof role / sizeof role[0])],
                                                 .x = x + start,
                                                 .y = y + start,
                                                 .n = n - start};
    }
    const double end[2] = {low / 1.3, high * 1.3};
    series[series_count++] = (tr_series){
        .name = "as measured", .kind = TR_SERIES_DASHED, .role = TR_ROLE_LIMIT, .x = end, .y = end, .n = 2};
    char title[96], subtitle[160];
    (void)snprintf(title, sizeof title, "Predicted by %s physics against measured",
                   tr_physics_name((tr_physics)v->physics));
    (void)snprintf(subtitle, sizeof subtitle, "%zu of %zu predictions drawn", n, count);
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Each point is a measurement; below the dashed line reality is slower than predicted.",
        .x = {.label = "measured",
              .unit = TR_UNIT_SECOND,
              .scale = TR_SCALE_LOG,
              .min = end[0],
              .max = end[1]},
        .y = {.label = "predicted",
              .unit = TR_UNIT_SECOND,
              .scale = TR_SCALE_LOG,
              .min = end[0],
              .max = end[1]},
        .series = series,
        .series_count = series_count,
    };
    const tr_status s = tr_figure_draw(&figure, target, sink, err);
    free(x);
    return s;
}
