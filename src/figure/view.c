/* figure/view.c -- a figure drawn where it is wanted, and as it is wanted: whole, or as a sketch to guess from. */
#include <math.h>

#include "base/fail.h"
#include "base/text.h"
#include "figure/arrange.h"

enum { NAME_SIZE = 64, CAPTION_SIZE = 768 };

/* What a view makes of a figure; it points into the figure and into itself. */
typedef struct seen {
    tr_figure figure;
    tr_series series[TR_FIGURE_SERIES_MAX];
    tr_mark mark[TR_FIGURE_MARKS_MAX];
    char name[TR_FIGURE_SERIES_MAX][NAME_SIZE], mark_name[TR_FIGURE_MARKS_MAX][NAME_SIZE];
    char caption[CAPTION_SIZE];
} seen;

static int has_points(const tr_series *series)
{
    for (size_t i = 0; i < series->n; i++)
        if (isfinite(series->x[i]) && (series->kind == TR_SERIES_BARS || isfinite(series->y[i])))
            return 1;
    return 0;
}

/* 1 where something is left without a role. */
static int can_hide(const tr_figure *figure, int role)
{
    for (size_t i = 0; i < figure->series_count; i++)
        if ((int)figure->series[i].role != role && has_points(&figure->series[i]))
            return 1;
    return 0;
}

/* What stands before the colon; NULL of NULL. */
static const char *name_of(const char *text, char out[NAME_SIZE])
{
    size_t length = 0;
    if (text == NULL)
        return NULL;
    while (text[length] != '\0' && text[length] != ':')
        length++;
    (void)tr_text_copy_span(out, NAME_SIZE, text, length);
    return out;
}

static void sketch(const tr_figure *figure, const tr_figure_view *view, seen *out)
{
    tr_figure *f = &out->figure;
    const int hidden = can_hide(figure, view->hides) ? view->hides : -1;
    f->unnumbered = 1;
    f->mark_count = f->series_count = 0;
    f->y2 = NULL;
    f->caption = "A sketch: the numbers, and what they show, come with the answer.";
    f->whiskers = (tr_whiskers){NULL, NULL, NULL};
    for (size_t i = 0; i < figure->series_count; i++) {
        const tr_series *from = &figure->series[i];
        if ((int)from->role == hidden)
            continue;
        const size_t at = f->series_count++;
        out->series[at] = *from;
        out->series[at].label = NULL;
        out->series[at].name = name_of(from->name, out->name[at]);
    }
    for (; view->keeps_marks && f->mark_count < figure->mark_count; f->mark_count++) {
        out->mark[f->mark_count] = figure->marks[f->mark_count];
        out->mark[f->mark_count].text = name_of(figure->marks[f->mark_count].text, out->mark_name[f->mark_count]);
    }
    f->series = out->series;
    f->marks = out->mark;
}

/* 1 where an axis leaves v out. Those that find their own ends are taken to hold it. */
static int is_off(const tr_axis *axis, double v)
{
    return !tr_fig_drawable(axis->scale, v) || v < axis->min ||
           (v > axis->max && !(axis->min == 0.0 && axis->max == 0.0));
}

static void reach(tr_axis *axis, double v)
{
    if (!is_off(axis, v) || !tr_fig_drawable(axis->scale, v))
        return;
    if (v < axis->min)
        axis->min = axis->scale == TR_SCALE_LOG ? v / 2.0 : v;
    else
        axis->max = axis->scale == TR_SCALE_LOG ? v * 2.0 : v * 1.1;
}

/* 0: there is none, or it would not be seen. A line that is off the axes would stand where no curve goes. */
static int add_mark(const tr_mark *mark, seen *out)
{
    tr_figure *f = &out->figure;
    if (mark == NULL || f->mark_count == TR_FIGURE_MARKS_MAX ||
        (mark->kind == TR_MARK_VERTICAL && is_off(&f->x, mark->x)) ||
        (mark->kind == TR_MARK_HORIZONTAL && is_off(&f->y, mark->y)))
        return 0;
    if (mark->kind == TR_MARK_POINT) {
        reach(&f->x, mark->x);
        reach(&f->y, mark->y);
    }
    for (size_t i = 0; i < f->mark_count; i++)
        out->mark[i] = f->marks[i];
    f->marks = out->mark;
    out->mark[f->mark_count++] = *mark;
    return 1;
}

static void say_first(const char *text, seen *out)
{
    const char *caption = out->figure.caption != NULL ? out->figure.caption : "";
    (void)tr_text_copy(out->caption, CAPTION_SIZE, text);
    (void)tr_text_append(out->caption, CAPTION_SIZE, " ");
    (void)tr_text_append(out->caption, CAPTION_SIZE, caption);
    out->figure.caption = out->caption;
}

static tr_status draw(const tr_figure *figure, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return target->terminal ? tr_figure_terminal(figure, target->columns, target->rows, target->colour,
                                                 target->ascii, sink, err)
                            : tr_figure_svg(figure, &target->svg, sink, err);
}

tr_status tr_figure_draw(const tr_figure *figure, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (target == NULL)
        return tr_fail(err, TR_EMISSING, "target", 0.0, "a target is needed: SVG or terminal");
    const tr_figure_view *view = target->view;
    if (view == NULL)
        return draw(figure, target, sink, err);
    const tr_status s = tr_fig_check(figure, err);
    if (s != TR_OK)
        return s;
    seen out = {.figure = *figure};
    if (view->title != NULL)
        out.figure.title = view->title;
    if (view->sketch)
        sketch(figure, view, &out);
    if (!add_mark(view->mark, &out) && view->says != NULL)
        say_first(view->says, &out);
    return draw(&out.figure, target, sink, err);
}
