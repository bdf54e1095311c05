/* figure/figure_check.c -- is this a figure that can be drawn? */
#include <math.h>

#include "base/fail.h"
#include "figure/arrange.h"

static int is_scale(tr_scale scale) { return scale == TR_SCALE_LINEAR || scale == TR_SCALE_LOG; }

static tr_status check_axis(const tr_axis *axis, const char *field, tr_error *err)
{
    if (!is_scale(axis->scale))
        return tr_fail(err, TR_EDOMAIN, field, (double)axis->scale,
                       "the axis is neither linear nor logarithmic");
    if ((unsigned)axis->unit >= TR_UNIT_COUNT)
        return tr_fail(err, TR_EDOMAIN, field, (double)axis->unit, "the axis has an unknown unit");
    if (axis->min == 0.0 && axis->max == 0.0)
        return TR_OK;
    if ((!isnan(axis->min) && !tr_fig_drawable(axis->scale, axis->min)) ||
        (!isnan(axis->max) && !tr_fig_drawable(axis->scale, axis->max)) || axis->min >= axis->max)
        return tr_fail(err, TR_EDOMAIN, field, axis->min,
                       "the axis should run from a smaller to a larger finite number%s",
                       axis->scale == TR_SCALE_LOG ? ", both above zero on a logarithmic one" : "");
    return TR_OK;
}

static tr_status check_series(const tr_figure *figure, const tr_series *series, tr_error *err)
{
    const int bars = figure->series[0].kind == TR_SERIES_BARS;
    if ((unsigned)series->kind > TR_SERIES_RINGS || (unsigned)series->role >= TR_ROLE_COUNT)
        return tr_fail(err, TR_EDOMAIN, "series", (double)series->kind,
                       "a series has an unknown kind or role");
    if ((series->kind == TR_SERIES_BARS) != bars)
        return tr_fail(err, TR_EDOMAIN, "series", 0.0,
                       "bars cannot share a figure with other kinds of series");
    if (series->n > 0 && (series->x == NULL || (!bars && series->y == NULL) ||
                          (series->kind == TR_SERIES_BAND && series->y2 == NULL)))
        return tr_fail(err, TR_EMISSING, "series", 0.0, "a series has points but no values");
    if (!bars)
        return TR_OK;
    if (figure->x.scale == TR_SCALE_LOG)
        return tr_fail(err, TR_EDOMAIN, "x", 0.0, "bars need a linear axis: their length is the value");
    if (figure->bar_labels == NULL)
        return tr_fail(err, TR_EMISSING, "bar_labels", 0.0, "bars need their labels");
    if (series->n != figure->series[0].n)
        return tr_fail(err, TR_ECONFLICT, "series", (double)series->n,
                       "stacked bars should have one part for each bar");
    for (size_t i = 0; i < series->n; i++)
        if (!(series->x[i] >= 0.0 && series->x[i] <= FIG_VALUE_MAX / TR_FIGURE_SERIES_MAX))
            return tr_fail(err, TR_EDOMAIN, "series", series->x[i],
                           "a bar's length should be a finite number >= 0");
    return TR_OK;
}

tr_status tr_fig_check(const tr_figure *figure, tr_error *err)
{
    if (figure == NULL || figure->series == NULL || figure->series_count == 0)
        return tr_fail(err, TR_EDOMAIN, "series", 0.0, "the figure has nothing to draw");
    if (figure->series_count > TR_FIGURE_SERIES_MAX)
        return tr_fail(err, TR_ECAPACITY, "series_count", (double)figure->series_count,
                       "a figure holds at most %d series", TR_FIGURE_SERIES_MAX);
    if (figure->mark_count > TR_FIGURE_MARKS_MAX)
        return tr_fail(err, TR_ECAPACITY, "mark_count", (double)figure->mark_count,
                       "a figure holds at most %d marks", TR_FIGURE_MARKS_MAX);
    if (figure->mark_count > 0 && figure->marks == NULL)
        return tr_fail(err, TR_EMISSING, "marks", 0.0, "the figure counts marks but has none");
    tr_status s = check_axis(&figure->x, "x", err);
    if (s == TR_OK)
        s = check_axis(&figure->y, "y", err);
    for (size_t i = 0; s == TR_OK && i < figure->series_count; i++)
        s = check_series(figure, &figure->series[i], err);
    if (s != TR_OK)
        return s;
    for (size_t i = 0; i < figure->mark_count; i++)
        if ((unsigned)figure->marks[i].kind > TR_MARK_REGION ||
            (unsigned)figure->marks[i].role >= TR_ROLE_COUNT)
            return tr_fail(err, TR_EDOMAIN, "marks", 0.0, "a mark has an unknown kind or role");
    if (figure->y2 != NULL && !(figure->y2_ratio >= 1e-100 && figure->y2_ratio <= 1e100 &&
                                (unsigned)figure->y2->unit < TR_UNIT_COUNT))
        return tr_fail(err, TR_EDOMAIN, "y2_ratio", figure->y2_ratio,
                       "the second reading should be a multiple > 0 of the first");
    return TR_OK;
}
