/* figure/terminal.c -- the canvas that writes characters: braille lines, box-drawn axes, or plain ASCII.
 *
 * A picture is drawn a few rows at a time, the whole drawing repeated for each
 * strip with the rest clipped away: the cells of one strip are few whatever the
 * size of the picture.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/sink.h"
#include "figure/arrange.h"

#define COLUMNS_MAX 400
#define STRIP_ROWS 6

enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8 }; /* arms of a box-drawing character */

typedef struct cell {
    uint32_t text; /* a character of a text, dot or bar; 0: none */
    uint8_t text_paint;
    uint8_t bold;
    uint8_t covered; /* right half of a wide character: nothing is written */
    uint8_t dots;    /* braille, or in ASCII: there is a line here */
    uint8_t dots_paint;
    uint8_t arms; /* of axes */
    uint8_t rule; /* 1 upright, 2 level: a mark's line */
    uint8_t rule_paint;
    uint8_t shade; /* inside a region or band */
} cell;

typedef struct term_canvas {
    tr_fig_canvas canvas;
    int columns, first_row, colour, ascii;
    tr_fig_pen pen;
    int has_last;
    double last_x, last_y;
    long long run; /* dots along the line so far: dashes are counted by it */
    int band_paint;
    cell cell[STRIP_ROWS][COLUMNS_MAX];
} term_canvas;

static term_canvas *term_of(tr_fig_canvas *canvas) { return (term_canvas *)(void *)canvas; }

static cell *cell_at(term_canvas *c, int column, int row)
{
    const int r = row - c->first_row;
    return column >= 0 && column < c->columns && r >= 0 && r < STRIP_ROWS ? &c->cell[r][column] : NULL;
}

/* ---- lines in dots --------------------------------------------------------------- */

/* Bits of the dot at (x, y) of a 2 x 4 braille cell. */
static const uint8_t DOT[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

static void put_dot(term_canvas *c, int x, int y)
{
    const long long step = c->run++;
    if ((c->pen.dash == FIG_DASHED && step % 6 >= 4) || (c->pen.dash == FIG_DOTTED && step % 4 >= 1))
        return;
    if (x < 0 || y < 0)
        return;
    cell *at = cell_at(c, x / 2, y / 4);
    if (at == NULL)
        return;
    at->dots |= DOT[y % 4][x % 2];
    at->dots_paint = (uint8_t)c->pen.paint;
}

static void dot_line(term_canvas *c, double x0, double y0, double x1, double y1)
{
    /* Places are clipped to the canvas, at most 400 x 200 cells. */
    const int a = (int)floor(x0 * 2.0), b = (int)floor(y0 * 4.0);
    const int p = (int)floor(x1 * 2.0), q = (int)floor(y1 * 4.0);
    const int dx = p > a ? p - a : a - p, dy = q > b ? q - b : b - q, steps = dx > dy ? dx : dy;
    for (int i = 0; i <= steps; i++) {
        const double t = steps == 0 ? 0.0 : (double)i / steps;
        put_dot(c, (int)floor(a + (p - a) * t + 0.5), (int)floor(b + (q - b) * t + 0.5));
    }
}

static void term_polyline_begin(tr_fig_canvas *canvas, const tr_fig_pen *pen)
{
    term_canvas *c = term_of(canvas);
    c->pen = *pen;
    c->has_last = 0;
    c->run = 0;
}

static void term_polyline_point(tr_fig_canvas *canvas, double x, double y)
{
    term_canvas *c = term_of(canvas);
    if (c->has_last)
        dot_line(c, c->last_x, c->last_y, x, y);
    c->last_x = x;
    c->last_y = y;
    c->has_last = 1;
}

static void term_polyline_end(tr_fig_canvas *canvas) { (void)canvas; }

/* ---- axes, rules, boxes ------------------------------------------------------------- */

static void term_line(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1,
                      const tr_fig_pen *pen)
{
    term_canvas *c = term_of(canvas);
    if (pen->paint == FIG_GRID)
        return; /* a grid of characters hides what it should help to read */
    const int upright = x0 == x1, level = y0 == y1;
    if (!upright && !level) {
        c->pen = *pen;
        dot_line(c, x0, y0, x1, y1);
        return;
    }
    /* In half cells, so that a line can end in the middle of one. */
    const double from = upright ? (y0 < y1 ? y0 : y1) : (x0 < x1 ? x0 : x1);
    const double to = upright ? (y0 < y1 ? y1 : y0) : (x0 < x1 ? x1 : x0);
    const int fixed = (int)floor(upright ? x0 : y0);
    for (int half = (int)floor(from * 2.0 + 0.5); half < (int)floor(to * 2.0 + 0.5); half++) {
        const int along = half / 2, second = half % 2;
        cell *at = upright ? cell_at(c, fixed, along) : cell_at(c, along, fixed);
        if (at == NULL)
            continue;
        if (pen->paint == FIG_AXIS) {
            at->arms |= (uint8_t)(upright ? (second ? DOWN : UP) : (second ? RIGHT : LEFT));
        } else if (at->rule == 0 || upright) {
            at->rule = upright ? 1 : 2;
            at->rule_paint = (uint8_t)pen->paint;
        }
    }
}

static void term_box(tr_fig_canvas *canvas, double x0, double y0, double x1, double y1, int paint,
                     double opacity)
{
    term_canvas *c = term_of(canvas);
    const int solid = opacity >= 1.0;
    const int first = (int)floor(x0 + (solid ? 0.0 : 0.5)), last = (int)ceil(x1);
    for (int row = (int)floor(y0 + 0.5); row < (int)floor(y1 + 0.5); row++)
        for (int column = first; column < last; column++) {
            cell *at = cell_at(c, column, row);
            if (at == NULL)
                continue;
            if (!solid) {
                at->shade = c->ascii ? (row + column) % 2 == 0 : 1;
                continue;
            }
            /* Eighths of a cell at the bar's end. */
            const double part = x1 - column;
            const int eighths = part >= 1.0 ? 8 : (int)floor(part * 8.0 + 0.5);
            if (c->colour && !c->ascii ? eighths > 0 : eighths >= 4) {
                static const char ROLE[] = "#cwkxf-o";
                /* Without colour the parts of a bar differ in grey. */
                static const uint16_t GREY[4] = {0x2588, 0x2593, 0x2592, 0x2591};
                const int role = paint >= FIG_ROLE ? paint - FIG_ROLE : 0;
                at->text = c->ascii    ? (uint32_t)ROLE[role]
                           : c->colour ? 0x2588u + (uint32_t)(8 - eighths)
                                       : GREY[role % 4];
                at->text_paint = (uint8_t)paint;
            }
        }
}

static void term_band_begin(tr_fig_canvas *canvas, int paint, double opacity)
{
    (void)opacity;
    term_of(canvas)->band_paint = paint;
}

static void term_band_slice(tr_fig_canvas *canvas, double x0, double y0a, double y0b, double x1, double y1a,
                            double y1b)
{
    term_canvas *c = term_of(canvas);
    for (int column = (int)floor(x0); column < (int)ceil(x1); column++) {
        double t = (column + 0.5 - x0) / (x1 - x0);
        t = t < 0.0 ? 0.0 : t > 1.0 ? 1.0 : t;
        const double a = y0a + t * (y1a - y0a), b = y0b + t * (y1b - y0b);
        const double top = a < b ? a : b, bottom = a < b ? b : a;
        for (int row = (int)floor(top + 0.5); row < (int)floor(bottom + 0.5); row++) {
            cell *at = cell_at(c, column, row);
            if (at != NULL)
                at->shade = (uint8_t)c->band_paint;
        }
    }
}

static void term_band_end(tr_fig_canvas *canvas) { (void)canvas; }

/* ---- characters ---------------------------------------------------------------------- */

static void term_dot(tr_fig_canvas *canvas, double x, double y, double radius, int paint,
                     const double *data_xy)
{
    (void)radius, (void)data_xy;
    term_canvas *c = term_of(canvas);
    cell *at = cell_at(c, (int)floor(x), (int)floor(y));
    if (at != NULL) {
        at->text = c->ascii ? 'o' : 0x25CF;
        at->text_paint = (uint8_t)paint;
    }
}

static void term_ring(tr_fig_canvas *canvas, double x, double y, double radius, int paint, int variant,
                      const double *data_xy, const char *title)
{
    static const uint16_t RING[4] = {0x25C9, 0x25A3, 0x25CB, 0x25A1};
    (void)radius, (void)data_xy, (void)title;
    term_canvas *c = term_of(canvas);
    cell *at = cell_at(c, (int)floor(x), (int)floor(y));
    if (at != NULL) {
        at->text = c->ascii ? (uint32_t)"@#OH"[variant] : RING[variant];
        at->text_paint = (uint8_t)paint;
    }
}

/* The nearest plain character to what typographers use. */
static uint32_t plain(uint32_t c)
{
    switch (c) {
    case 0xA0:
    case 0x2009:
    case 0x202F: return ' ';
    case 0xB7:
    case 0x2022: return '-';
    case 0xD7: return 'x';
    case 0xB5:
    case 0x3BC: return 'u';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return '-';
    case 0x2018:
    case 0x2019: return '\'';
    case 0x201C:
    case 0x201D: return '"';
    case 0x2026: return '~';
    case 0x2192: return '>';
    default: return c < 0x7F ? c : '?';
    }
}

static void put_char(term_canvas *c, int column, int row, uint32_t character, const tr_fig_type *type)
{
    cell *at = cell_at(c, column, row);
    if (at == NULL)
        return;
    at->text = character;
    at->text_paint = (uint8_t)type->paint;
    at->bold = (uint8_t)type->bold;
    at->covered = 0;
}

static void term_text(tr_fig_canvas *canvas, double x, double y, const tr_fig_type *type, tr_fig_span span)
{
    term_canvas *c = term_of(canvas);
    int column = (int)floor(x);
    const int row = (int)floor(y);
    if (row < c->first_row || row >= c->first_row + STRIP_ROWS)
        return;
    const char *at = span.text, *end = span.text + span.length;
    for (uint32_t ch; span.length > 0 && (ch = tr_fig_utf8_next(&at, end)) != 0;) {
        const int wide = tr_fig_cell_width(ch);
        if (wide == 0)
            continue; /* combining marks would need more than a cell */
        put_char(c, column, row, c->ascii ? plain(ch) : ch == 0xA0 ? ' ' : ch, type);
        if (wide == 2) {
            cell *second = cell_at(c, column + 1, row);
            if (second != NULL && c->ascii)
                second->text = ' ';
            else if (second != NULL)
                second->covered = 1;
        }
        column += wide;
    }
    if (span.cut)
        put_char(c, column, row, c->ascii ? '~' : 0x2026, type);
}

static void term_series_begin(tr_fig_canvas *canvas, const tr_series *series) { (void)canvas, (void)series; }
static void term_series_end(tr_fig_canvas *canvas) { (void)canvas; }

static const tr_fig_canvas_ops TERM_OPS = {
    term_box,          term_line,       term_polyline_begin, term_polyline_point,
    term_polyline_end, term_band_begin, term_band_slice,     term_band_end,
    term_dot,          term_ring,       term_text,           term_series_begin,
    term_series_end,
};

/* ---- cells to text ------------------------------------------------------------------- */

static uint32_t box_character(int arms, int ascii)
{
    static const uint16_t BOX[16] = {' ',    0x2574, 0x2576, 0x2500, 0x2575, 0x2518, 0x2514, 0x2534,
                                     0x2577, 0x2510, 0x250C, 0x252C, 0x2502, 0x2524, 0x251C, 0x253C};
    if (!ascii)
        return BOX[arms];
    const int level = (arms & (LEFT | RIGHT)) != 0, upright = (arms & (UP | DOWN)) != 0;
    return level && upright ? '+' : level ? '-' : '|';
}

/* In ASCII a line is drawn with its role's letter: r esult is *, c ompute, w eights, k v. */
static uint32_t line_character(const cell *at)
{
    static const char ROLE[] = "*cwkxf-.";
    return at->dots_paint >= FIG_ROLE ? (uint32_t)ROLE[at->dots_paint - FIG_ROLE] : '.';
}

static uint32_t look(const term_canvas *c, const cell *at, int *paint, int *bold)
{
    *bold = 0;
    if (at->text != 0) {
        *paint = at->text_paint;
        *bold = at->bold;
        return at->text;
    }
    if (at->dots != 0) {
        *paint = at->dots_paint;
        return c->ascii ? line_character(at) : 0x2800u + at->dots;
    }
    if (at->arms != 0) {
        *paint = FIG_AXIS;
        return box_character(at->arms, c->ascii);
    }
    if (at->rule != 0) {
        *paint = at->rule_paint;
        return at->rule == 1 ? (c->ascii ? ':' : 0x250A) : (c->ascii ? '.' : 0x2508);
    }
    if (at->shade != 0) {
        *paint = at->shade >= FIG_ROLE ? at->shade : FIG_GRID;
        return c->ascii ? '.' : 0x2591;
    }
    *paint = FIG_INK;
    return ' ';
}

/* Foreground colours of the 256-colour cube that read on dark and on light. */
static const char *ansi_of(int paint)
{
    static const char *const CODE[FIG_PAINT_COUNT] = {
        "",         "",        "38;5;245", "38;5;245", "38;5;240", "1",       "38;5;33",
        "38;5;208", "38;5;36", "38;5;170", "38;5;178", "38;5;245", "38;5;245"};
    return CODE[paint];
}

static void write_utf8(tr_writer *out, uint32_t c)
{
    char b[4];
    const size_t n = tr_fig_utf8_encode(c, b);
    tr_write_span(out, b, n);
}

static void write_row(const term_canvas *c, const cell *row, tr_writer *out)
{
    int last = -1, paint, bold;
    for (int i = 0; i < c->columns; i++)
        if (row[i].covered || look(c, &row[i], &paint, &bold) != ' ')
            last = i;
    const char *now = "";
    int now_bold = 0;
    for (int i = 0; i <= last; i++) {
        if (row[i].covered)
            continue;
        const uint32_t ch = look(c, &row[i], &paint, &bold);
        const char *want = ch == ' ' ? now : ansi_of(paint);
        if (c->colour && (strcmp(want, now) != 0 || (ch != ' ' && bold != now_bold))) {
            if (now[0] != '\0' || now_bold)
                tr_write_text(out, "\x1b[0m");
            if (want[0] != '\0' || bold) {
                tr_write_text(out, "\x1b[");
                tr_write_text(out, want);
                tr_write_text(out, want[0] != '\0' && bold ? ";1m" : bold ? "1m" : "m");
            }
            now = want;
            now_bold = bold;
        }
        write_utf8(out, ch);
    }
    if (c->colour && (now[0] != '\0' || now_bold))
        tr_write_text(out, "\x1b[0m");
    tr_write_char(out, '\n');
}

/* Too large for a stack that may be small: threads of a server, a page's module. */
typedef struct screen {
    tr_fig_layout layout;
    term_canvas canvas;
} screen;

static int draw(screen *on, int rows, tr_sink *sink)
{
    term_canvas *c = &on->canvas;
    tr_writer out;
    c->canvas.ops = &TERM_OPS;
    tr_writer_begin(&out, sink);
    for (c->first_row = 0; c->first_row < rows; c->first_row += STRIP_ROWS) {
        memset(c->cell, 0, sizeof c->cell);
        tr_fig_layout_draw(&on->layout, &c->canvas);
        for (int r = 0; r < STRIP_ROWS && c->first_row + r < rows; r++)
            write_row(c, c->cell[r], &out);
    }
    return tr_writer_finish(&out) == TR_OK;
}

tr_status tr_figure_terminal(const tr_figure *figure, int columns, int rows, int colour, int ascii,
                             tr_sink *sink, tr_error *err)
{
    if (sink == NULL)
        return tr_fail(err, TR_EMISSING, "sink", 0.0, "a sink is needed");
    if (columns < 40 || columns > COLUMNS_MAX)
        return tr_fail(err, TR_EDOMAIN, "columns", columns, "the width should be 40 to 400 columns");
    if (rows < 10 || rows > 200)
        return tr_fail(err, TR_EDOMAIN, "rows", rows, "the height should be 10 to 200 rows");
    tr_fig_metrics m = {0};
    m.width = columns;
    m.height = rows;
    m.title = m.subtitle = m.label = m.tick = m.small = m.line = 1.0;
    m.gap = 1.0;
    m.block_gap = rows >= 20 ? 1.0 : 0.0;
    m.axis = 1.0;
    m.inset_x = 0.25;
    m.inset_y = 0.125;
    m.dot = 0.5;
    m.leader = 1e9; /* no room for leaders between cells */
    m.snap = 1.0;
    m.plot_min_height = rows >= 20 ? 8.0 : 4.0;
    m.tick_room_x = 8.0;
    m.tick_room_y = 3.0;
    m.bar_row = 2.0;
    m.margin_label_min_width = 60.0;
    m.measure = tr_fig_measure_cell;
    screen *on = calloc(1, sizeof *on);
    if (on == NULL)
        return tr_fail(err, TR_ENOMEM, "figure", 0.0, "out of memory for the picture");
    on->canvas.columns = columns;
    on->canvas.colour = colour;
    on->canvas.ascii = ascii;
    tr_status s = tr_fig_layout_make(&on->layout, figure, &m, err);
    if (s == TR_OK && !draw(on, rows, sink))
        s = tr_fail(err, TR_EIO, "", 0.0, "the picture could not be written");
    free(on);
    return s;
}
