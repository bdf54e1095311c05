/* figure/svg_canvas.c -- the canvas that writes SVG elements. */
#include "figure/svg_canvas.h"

#include <math.h>

#include "figure/palette.h"

static tr_fig_svg *svg_of(tr_fig_canvas *canvas) { return (tr_fig_svg *)(void *)canvas; }

/* ---- attributes -------------------------------------------------------------- */

static void put_hex(tr_writer *out, uint32_t rgb)
{
    static const char HEX[] = "0123456789abcdef";
    tr_write_char(out, '#');
    for (int shift = 20; shift >= 0; shift -= 4)
        tr_write_char(out, HEX[rgb >> shift & 15]);
}

static void put_colour(tr_fig_svg *c, int paint)
{
    if (c->style == 2) {
        tr_write_text(&c->out, "var(--tr-");
        tr_write_text(&c->out, tr_fig_colour_name[paint]);
        tr_write_char(&c->out, ',');
    }
    put_hex(&c->out, tr_fig_colour[c->style == 1][paint]);
    if (c->style == 2)
        tr_write_char(&c->out, ')');
}

/* fill="#123456", or fill="var(--tr-ink,#123456)": an attribute and not a style, which a strict page would refuse. */
static void put_paint(tr_fig_svg *c, const char *property, int paint)
{
    tr_write_char(&c->out, ' ');
    tr_write_text(&c->out, property);
    tr_write_text(&c->out, "=\"");
    put_colour(c, paint);
    tr_write_char(&c->out, '"');
}

static void put_paints(tr_fig_svg *c, const char *property, int paint, const char *second, int second_paint)
{
    put_paint(c, property, paint);
    put_paint(c, second, second_paint);
}

static void put_fixed(tr_fig_svg *c, const char *name, double v, int decimals)
{
    tr_write_char(&c->out, ' ');
    tr_write_text(&c->out, name);
    tr_write_text(&c->out, "=\"");
    tr_write_fixed(&c->out, v, decimals);
    tr_write_char(&c->out, '"');
}

void tr_fig_svg_tenths(tr_fig_svg *c, const char *name, double v) { put_fixed(c, name, v, 1); }

void tr_fig_svg_escaped(tr_writer *out, tr_fig_span span)
{
    char utf8[4];
    const char *at = span.text, *end = span.length > 0 ? span.text + span.length : span.text;
    for (uint32_t ch; span.length > 0 && (ch = tr_fig_utf8_next(&at, end)) != 0;) {
        switch (ch) {
        case '&': tr_write_text(out, "&amp;"); break;
        case '<': tr_write_text(out, "&lt;"); break;
        case '>': tr_write_text(out, "&gt;"); break;
        case '"': tr_write_text(out, "&quot;"); break;
        default: tr_write_span(out, utf8, tr_fig_utf8_encode(ch, utf8));
        }
    }
    if (span.cut)
        tr_write_text(out, "\xE2\x80\xA6");
}

static void put_dash(tr_fig_svg *c, tr_fig_dash dash)
{
    if (dash == FIG_DASHED)
        tr_write_text(&c->out, " stroke-dasharray=\"6 4\"");
    if (dash == FIG_DOTTED)
        tr_write_text(&c->out, " stroke-dasharray=\"2 3\"");
}

/* ---- the draw functions --------------------------------------------------------- */

static void svg_box(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1, int paint,
                    double opacity)
{
    tr_fig_svg *c = svg_of(canvas);
    tr_write_text(&c->out, "<rect");
    tr_fig_svg_tenths(c, "x", x0);
    tr_fig_svg_tenths(c, "y", y0);
    tr_fig_svg_tenths(c, "width", x1 - x0);
    tr_fig_svg_tenths(c, "height", y1 - y0);
    put_paint(c, "fill", paint);
    if (opacity < 1.0)
        put_fixed(c, "fill-opacity", opacity, 2);
    tr_write_text(&c->out, "/>\n");
}

static void svg_line(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1, const tr_fig_pen *pen)
{
    tr_fig_svg *c = svg_of(canvas);
    /* Level and upright hairlines stand on half pixels, so that they are one pixel and not two grey ones. */
    if (y0 == y1)
        y0 = y1 = floor(y0) + 0.5;
    if (x0 == x1)
        x0 = x1 = floor(x0) + 0.5;
    tr_write_text(&c->out, "<line");
    tr_fig_svg_tenths(c, "x1", x0);
    tr_fig_svg_tenths(c, "y1", y0);
    tr_fig_svg_tenths(c, "x2", x1);
    tr_fig_svg_tenths(c, "y2", y1);
    put_paint(c, "stroke", pen->paint);
    if (pen->width < 1.0 || pen->width > 1.0)
        tr_fig_svg_tenths(c, "stroke-width", pen->width);
    put_dash(c, pen->dash);
    tr_write_text(&c->out, "/>\n");
}

static void move_to(tr_fig_svg *c, char command, double x, double y)
{
    const long long tx = (long long)floor(x * 10.0 + 0.5), ty = (long long)floor(y * 10.0 + 0.5);
    tr_writer *out = &c->out;
    if (command == 'M') {
        tr_write_char(out, 'M');
        tr_write_fixed(out, (double)(tx) / 10.0, 1);
        tr_write_char(out, ' ');
        tr_write_fixed(out, (double)(ty) / 10.0, 1);
    } else {
        if (tx == c->at_x && ty == c->at_y)
            return;
        tr_write_char(out, 'l');
        tr_write_fixed(out, (double)(tx - c->at_x) / 10.0, 1);
        tr_write_char(out, ' ');
        tr_write_fixed(out, (double)(ty - c->at_y) / 10.0, 1);
    }
    c->at_x = tx;
    c->at_y = ty;
}

static void svg_polyline_begin(tr_fig_canvas *canvas, const tr_fig_pen *pen)
{
    tr_fig_svg *c = svg_of(canvas);
    tr_write_text(&c->out, "<path fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\"");
    put_paint(c, "stroke", pen->paint);
    tr_fig_svg_tenths(c, "stroke-width", pen->width);
    put_dash(c, pen->dash);
    tr_write_text(&c->out, " d=\"");
    c->started = 0;
    c->has_held = 0;
}

static void svg_polyline_point(tr_fig_canvas *canvas, double x, double y)
{
    tr_fig_svg *c = svg_of(canvas);
    if (!c->started) {
        move_to(c, 'M', x, y);
        c->started = 1;
        c->from_x = x;
        c->from_y = y;
        c->slope_low = -HUGE_VAL;
        c->slope_high = HUGE_VAL;
        return;
    }
    const double tolerance = 0.05;
    const double dx = x - c->from_x, slope = (y - c->from_y) / dx;
    if (c->has_held && !(dx > 0.0 && slope >= c->slope_low && slope <= c->slope_high)) {
        move_to(c, 'l', c->held_x, c->held_y);
        c->from_x = c->held_x;
        c->from_y = c->held_y;
        c->slope_low = -HUGE_VAL;
        c->slope_high = HUGE_VAL;
    }
    const double step = x - c->from_x;
    if (step > 0.0) {
        const double low = (y - tolerance - c->from_y) / step, high = (y + tolerance - c->from_y) / step;
        c->slope_low = low > c->slope_low ? low : c->slope_low;
        c->slope_high = high < c->slope_high ? high : c->slope_high;
    } else {
        c->slope_low = HUGE_VAL; /* not running rightwards: keep every point */
    }
    c->held_x = x;
    c->held_y = y;
    c->has_held = 1;
}

static void svg_polyline_end(tr_fig_canvas *canvas)
{
    tr_fig_svg *c = svg_of(canvas);
    if (c->has_held)
        move_to(c, 'l', c->held_x, c->held_y);
    tr_write_text(&c->out, "\"/>\n");
}

static void svg_band_end(tr_fig_canvas *canvas)
{
    tr_fig_svg *c = svg_of(canvas);
    if (c->band_count == 0)
        return;
    for (size_t i = c->band_count; i-- > 0;)
        move_to(c, 'l', c->band_x[i], c->band_y[i]);
    tr_write_text(&c->out, "z\"/>\n");
    c->band_count = 0;
}

static void svg_band_begin(tr_fig_canvas *canvas, int paint, double opacity)
{
    tr_fig_svg *c = svg_of(canvas);
    c->band_paint = paint;
    c->band_opacity = opacity;
    c->band_count = 0;
}

static void svg_band_slice(tr_fig_canvas *canvas, double x0, double y0a, double y0b, double x1, double y1a,
                           double y1b)
{
    tr_fig_svg *c = svg_of(canvas);
    /* A long band is drawn in pieces: what comes back has to be remembered. */
    if (c->band_count == sizeof c->band_x / sizeof c->band_x[0])
        svg_band_end(canvas);
    if (c->band_count == 0) {
        tr_write_text(&c->out, "<path stroke=\"none\"");
        put_paint(c, "fill", c->band_paint);
        put_fixed(c, "fill-opacity", c->band_opacity, 2);
        tr_write_text(&c->out, " d=\"");
        move_to(c, 'M', x0, y0a);
        c->band_x[0] = x0;
        c->band_y[0] = y0b;
        c->band_count = 1;
    }
    move_to(c, 'l', x1, y1a);
    c->band_x[c->band_count] = x1;
    c->band_y[c->band_count] = y1b;
    c->band_count++;
}

static void svg_dot(tr_fig_canvas *canvas, double x, double y, double radius, int paint,
                    const double *data_xy)
{
    tr_fig_svg *c = svg_of(canvas);
    tr_write_text(&c->out, "<circle");
    tr_fig_svg_tenths(c, "cx", x);
    tr_fig_svg_tenths(c, "cy", y);
    tr_fig_svg_tenths(c, "r", radius);
    put_paint(c, "fill", paint);
    if (data_xy != NULL) {
        tr_write_text(&c->out, " data-x=\"");
        tr_write_number(&c->out, data_xy[0]);
        tr_write_text(&c->out, "\" data-y=\"");
        tr_write_number(&c->out, data_xy[1]);
        tr_write_char(&c->out, '"');
    }
    tr_write_text(&c->out, "/>\n");
}

static void svg_ring(tr_fig_canvas *canvas, double x, double y, double radius, int paint, int variant,
                     const double *data_xy, const char *title)
{
    tr_fig_svg *c = svg_of(canvas);
    const double r = radius * 1.2;
    tr_write_text(&c->out, "<g>");
    if (title != NULL) {
        tr_write_text(&c->out, "<title>");
        tr_fig_svg_escaped(&c->out, tr_fig_span_of(title));
        tr_write_text(&c->out, "</title>");
    }
    if (variant % 2 == 0) {
        tr_write_text(&c->out, "<circle");
        tr_fig_svg_tenths(c, "cx", x);
        tr_fig_svg_tenths(c, "cy", y);
        tr_fig_svg_tenths(c, "r", r);
    } else {
        tr_write_text(&c->out, "<rect");
        tr_fig_svg_tenths(c, "x", x - r * 0.9);
        tr_fig_svg_tenths(c, "y", y - r * 0.9);
        tr_fig_svg_tenths(c, "width", r * 1.8);
        tr_fig_svg_tenths(c, "height", r * 1.8);
    }
    put_paints(c, "fill", FIG_PAPER, "stroke", paint);
    tr_write_text(&c->out, " stroke-width=\"1.6\"/>\n");
    if (variant < 2)
        svg_dot(canvas, x, y, radius * 0.5, paint, data_xy);
    tr_write_text(&c->out, "</g>\n");
}

static void svg_text(tr_fig_canvas *canvas, double x, double y, const tr_fig_type *type, tr_fig_span span)
{
    tr_fig_svg *c = svg_of(canvas);
    tr_write_text(&c->out, "<text");
    tr_fig_svg_tenths(c, "x", x);
    tr_fig_svg_tenths(c, "y", y + type->size * 0.98);
    tr_fig_svg_tenths(c, "font-size", type->size);
    if (type->bold)
        tr_write_text(&c->out, " font-weight=\"600\"");
    if (type->halo) { /* a rim of paper under the letters keeps lines from touching them */
        tr_write_text(&c->out, " paint-order=\"stroke\" stroke-width=\"4\" stroke-linejoin=\"round\"");
        put_paints(c, "fill", type->paint, "stroke", FIG_PAPER);
    } else {
        put_paint(c, "fill", type->paint);
    }
    tr_write_char(&c->out, '>');
    tr_fig_svg_escaped(&c->out, span);
    tr_write_text(&c->out, "</text>\n");
}

/* Seven digits as a whole number and a power of ten, "1234567e-9": what a pointer can tell apart, ten times faster
 * than the shortest exact text, and a page redraws a thousand of them in a frame. */
static void put_seven(tr_writer *out, double value)
{
    char digits[8];
    double size = value < 0 ? -value : value;
    int exp10 = 0;
    if (!(size <= 1e300) || size < 1e-300) {
        tr_write_text(out, size < 1e-300 ? "0" : "NaN");
        return;
    }
    for (; size >= 1e10; exp10 += 3)
        size /= 1e3;
    for (; size >= 9999999.5; exp10++)
        size /= 10.0;
    for (; size < 1e3; exp10 -= 3)
        size *= 1e3;
    for (; size < 999999.95; exp10--)
        size *= 10.0;
    long whole = (long)(size + 0.5);
    size_t n = sizeof digits;
    for (; whole % 10 == 0; exp10++)
        whole /= 10;
    for (; exp10 > 0 && exp10 < 4 && whole < 1000; exp10--)
        whole *= 10;
    for (; whole > 0 && n > 0; whole /= 10)
        digits[--n] = (char)('0' + whole % 10);
    if (value < 0)
        tr_write_char(out, '-');
    tr_write_span(out, digits + n, sizeof digits - n);
    if (exp10 != 0) {
        tr_write_char(out, 'e');
        tr_write_fixed(out, exp10, 0);
    }
}

static void put_list(tr_fig_svg *c, const char *name, const double *value, size_t n)
{
    tr_write_char(&c->out, ' ');
    tr_write_text(&c->out, name);
    tr_write_text(&c->out, "=\"");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            tr_write_char(&c->out, ' ');
        put_seven(&c->out, value[i]);
    }
    tr_write_char(&c->out, '"');
}

static void svg_series_begin(tr_fig_canvas *canvas, const tr_series *series)
{
    static const char *const KIND[] = {"line", "dashed", "points", "band", "bars", "floor", "rings"};
    tr_fig_svg *c = svg_of(canvas);
    tr_write_text(&c->out, "<g data-series=\"");
    tr_fig_svg_escaped(&c->out, tr_fig_span_of(series->name));
    tr_write_text(&c->out, "\" data-role=\"");
    tr_write_text(&c->out, tr_fig_role_name(series->role));
    tr_write_text(&c->out, "\" data-kind=\"");
    tr_write_text(&c->out, KIND[series->kind]);
    tr_write_char(&c->out, '"');
    if (c->style == 2 && series->kind != TR_SERIES_POINTS && series->kind != TR_SERIES_RINGS) {
        put_list(c, "data-x", series->x, series->n);
        if (series->kind != TR_SERIES_BARS)
            put_list(c, "data-y", series->y, series->n);
        if (series->kind == TR_SERIES_BAND)
            put_list(c, "data-y2", series->y2, series->n);
    }
    tr_write_text(&c->out, ">\n");
}

static void svg_series_end(tr_fig_canvas *canvas) { tr_write_text(&svg_of(canvas)->out, "</g>\n"); }

const tr_fig_canvas_ops tr_fig_svg_ops = {
    svg_box,          svg_line,       svg_polyline_begin, svg_polyline_point,
    svg_polyline_end, svg_band_begin, svg_band_slice,     svg_band_end,
    svg_dot,          svg_ring,       svg_text,           svg_series_begin,
    svg_series_end,
};
