/* figure/svg.c -- a figure as one SVG document. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "figure/arrange.h"
#include "figure/svg_canvas.h"

static double between(double width, double at_390, double at_960)
{
    const double t = (width - 390.0) / (960.0 - 390.0);
    const double size = at_390 + (t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t) * (at_960 - at_390);
    return floor(size * 2.0 + 0.5) / 2.0;
}

/* Sizes for a width: type grows a little from phone to desk, and in proportion beyond that. */
static tr_fig_metrics metrics_of(const tr_svg_style *style)
{
    const double w = style->width_px, scale = w > 1280.0 ? w / 1280.0 : 1.0;
    tr_fig_metrics m = {0};
    m.width = w;
    m.height = style->height_px;
    m.title = between(w, 16.0, 20.0) * scale;
    m.subtitle = between(w, 12.5, 14.0) * scale;
    m.label = between(w, 12.0, 13.0) * scale;
    m.tick = between(w, 11.0, 12.5) * scale;
    m.small = between(w, 10.5, 11.0) * scale;
    m.line = 1.28;
    m.pad = between(w, 12.0, 20.0) * scale;
    m.gap = between(w, 9.0, 12.0) * scale;
    m.block_gap = between(w, 10.0, 14.0) * scale;
    m.tick_length = 4.0 * scale;
    m.tick_gap = between(w, 3.0, 5.0) * scale;
    m.dot = between(w, 3.2, 4.0) * scale;
    m.leader = between(w, 14.0, 18.0) * scale;
    m.plot_min_height = 64.0;
    m.plot_aspect = w < 560.0 ? 0.78 : 0.5;
    m.tick_room_x = between(w, 52.0, 88.0) * scale;
    m.tick_room_y = between(w, 36.0, 54.0) * scale;
    m.bar_row = m.label * 2.1;
    m.margin_label_min_width = 600.0;
    m.measure = tr_fig_measure_px;
    return m;
}

static void put_axis_data(tr_writer *out, const char *name, const tr_fig_map *map)
{
    tr_write_text(out, name);
    tr_write_text(out, map->scale == TR_SCALE_LOG ? "=\"log " : "=\"linear ");
    tr_write_number(out, map->min);
    tr_write_char(out, ' ');
    tr_write_number(out, map->max);
    tr_write_char(out, '"');
}

static void put_head(tr_fig_svg *c, const tr_fig_layout *L)
{
    tr_writer *out = &c->out;
    const tr_figure *f = L->figure;
    tr_write_text(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
    tr_fig_svg_tenths(c, "width", L->m.width);
    tr_fig_svg_tenths(c, "height", L->height);
    tr_write_text(out, " viewBox=\"0 0 ");
    tr_write_fixed(out, L->m.width, 1);
    tr_write_char(out, ' ');
    tr_write_fixed(out, L->height, 1);
    tr_write_text(out, "\" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica "
                       "Neue',Arial,sans-serif\" data-plot=\"");
    const double plot[4] = {L->plot.x0, L->plot.y0, L->plot.x1, L->plot.y1};
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            tr_write_char(out, ' ');
        tr_write_fixed(out, plot[i], 1);
    }
    tr_write_text(out, "\" ");
    put_axis_data(out, "data-x-axis", &L->x);
    if (L->bar_total == 0) {
        tr_write_char(out, ' ');
        put_axis_data(out, "data-y-axis", &L->y);
    }
    tr_write_text(out, ">\n<title>");
    tr_fig_svg_escaped(out, tr_fig_span_of(f->title));
    tr_write_text(out, "</title>\n<desc>");
    tr_fig_svg_escaped(out, tr_fig_span_of(f->subtitle));
    if (f->subtitle != NULL && f->caption != NULL)
        tr_write_text(out, ". ");
    tr_fig_svg_escaped(out, tr_fig_span_of(f->caption));
    for (size_t i = 0; i < f->mark_count; i++)
        if (f->marks[i].text != NULL) {
            tr_write_char(out, ' ');
            tr_fig_svg_escaped(out, tr_fig_span_of(f->marks[i].text));
            tr_write_char(out, '.');
        }
    tr_write_text(out, "</desc>\n");
    if (c->style != 2)
        c->canvas.ops->box(&c->canvas, 0.0, 0.0, L->m.width, L->height, FIG_PAPER, 1.0);
}

/* Too large for a stack that may be small: threads of a server, a page's module. */
typedef struct sheet {
    tr_fig_layout layout;
    tr_fig_svg canvas;
} sheet;

static int draw(sheet *on, int style, tr_sink *sink)
{
    tr_fig_svg *c = &on->canvas;
    c->canvas.ops = &tr_fig_svg_ops;
    tr_writer_begin(&c->out, sink);
    c->style = style;
    put_head(c, &on->layout);
    tr_fig_layout_draw(&on->layout, &c->canvas);
    tr_write_text(&c->out, "</svg>\n");
    return tr_writer_finish(&c->out) == TR_OK;
}

tr_status tr_figure_svg(const tr_figure *figure, const tr_svg_style *style, tr_sink *sink, tr_error *err)
{
    if (style == NULL || sink == NULL)
        return tr_fail(err, TR_EMISSING, "style", 0.0, "a style and a sink are needed");
    if (!(style->width_px >= 320.0 && style->width_px <= 4000.0))
        return tr_fail(err, TR_EDOMAIN, "width_px", style->width_px,
                       "the width should be 320 to 4000 pixels");
    if (!((style->height_px >= 240.0 && style->height_px <= 4000.0) || style->height_px == 0.0))
        return tr_fail(err, TR_EDOMAIN, "height_px", style->height_px,
                       "the height should be 240 to 4000 pixels, or 0 for what the content needs");
    if (style->dark < 0 || style->dark > 2)
        return tr_fail(err, TR_EDOMAIN, "dark", style->dark,
                       "the style should be 0 (light), 1 (dark) or 2 (the page's variables)");
    sheet *on = calloc(1, sizeof *on);
    if (on == NULL)
        return tr_fail(err, TR_ENOMEM, "figure", 0.0, "out of memory for the picture");
    const tr_fig_metrics m = metrics_of(style);
    tr_status s = tr_fig_layout_make(&on->layout, figure, &m, err);
    if (s == TR_OK && !draw(on, style->dark, sink))
        s = tr_fail(err, TR_EIO, "", 0.0, "the picture could not be written");
    free(on);
    return s;
}
