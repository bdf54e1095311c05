/* write/print.c -- pages for people: wrapped text, "label  value" lines, headings. */
#include "write/print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { LABEL_WIDTH = 24, VALUE_WIDTH = 18, PREDICTED_WIDTH = 13, INTERVAL_WIDTH = 22 };

/* text broken at blanks, from column at on; next begins the lines that follow. */
static void wrap(tr_writer *out, size_t at, const char *next, const char *text, size_t width)
{
    int begun = 0;
    while (*text != '\0') {
        const size_t n = strcspn(text, " ");
        if (begun && at + 1 + n > width) {
            tr_write_char(out, '\n');
            tr_write_text(out, next);
            at = strlen(next);
        } else if (begun) {
            tr_write_char(out, ' ');
            at++;
        }
        tr_write_span(out, text, n);
        at += n;
        begun = 1;
        text += n + strspn(text + n, " ");
    }
    tr_write_char(out, '\n');
}

void tr_print_wrapped(tr_writer *out, const char *first, const char *next, const char *text, int columns)
{
    tr_write_text(out, first);
    wrap(out, strlen(first), next, text, columns < 40 ? 40 : (size_t)columns);
}

static void pad(tr_writer *out, size_t used, size_t width)
{
    if (used < width)
        tr_write_repeat(out, ' ', width - used);
}

void tr_print_line(tr_writer *out, const char *label, const char *value, const char *remark)
{
    tr_write_text(out, "  ");
    tr_write_text(out, label);
    pad(out, strlen(label), LABEL_WIDTH);
    tr_write_text(out, value);
    if (remark != NULL && remark[0] != '\0') {
        char under[2 + LABEL_WIDTH + VALUE_WIDTH + 2 + 1];
        const size_t wide = strlen(value) > VALUE_WIDTH ? strlen(value) : VALUE_WIDTH;
        const size_t at = 2 + (strlen(label) > LABEL_WIDTH ? strlen(label) : LABEL_WIDTH) + wide + 2;
        memset(under, ' ', sizeof under - 1);
        under[sizeof under - 1] = '\0';
        pad(out, strlen(value), VALUE_WIDTH);
        tr_write_text(out, "  ");
        if (at + strlen(remark) > TR_PAGE_COLUMNS) {
            wrap(out, at, under, remark, TR_PAGE_COLUMNS);
            return;
        }
        tr_write_text(out, remark);
    }
    tr_write_char(out, '\n');
}

void tr_print_quantity(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark)
{
    char text[64];
    (void)tr_quantity_format(value, unit, text, sizeof text);
    tr_print_line(out, label, text, remark);
}

/* ---- what is predicted ------------------------------------------------------- */

const char *tr_print_three(double value, tr_unit unit, char *out, size_t size)
{
    double scale = 1.0;
    if (!isfinite(value)) {
        (void)tr_text_copy(out, size, "-");
        return out;
    }
    while (value > 0.0 && value * scale < 100.0)
        scale *= 10.0;
    while (value * scale >= 1000.0)
        scale /= 10.0;
    (void)tr_quantity_format(floor(value * scale + 0.5) / scale, unit, out, size);
    return out;
}

const char *tr_print_request_rate(double request_per_s, char *out, size_t size)
{
    static const struct {
        double time_s, least;
        const char *words;
    } per[] = {{1.0, 0.01, " requests/s"},
               {3600.0, 0.1, " requests an hour"},
               {86400.0, 0.1, " requests a day"},
               {365.25 * 86400.0, 0.0, " requests a year"}};
    size_t i = 0;
    while (request_per_s * per[i].time_s < per[i].least)
        i++;
    (void)tr_print_three(request_per_s * per[i].time_s, TR_UNIT_NONE, out, size);
    (void)tr_text_append(out, size, per[i].words);
    return out;
}

static void fill(tr_writer *out, const char *text, size_t width)
{
    const size_t length = strlen(text);
    tr_write_repeat(out, ' ', length < width ? width - length : width > 0 ? 1 : 0);
}

void tr_print_left(tr_writer *out, const char *text, size_t width)
{
    tr_write_text(out, text);
    fill(out, text, width);
}

void tr_print_right(tr_writer *out, const char *text, size_t width)
{
    fill(out, text, width);
    tr_write_text(out, text);
}

void tr_print_predicted_head(tr_writer *out)
{
    tr_write_repeat(out, ' ', 2 + LABEL_WIDTH);
    tr_print_left(out, "predicted", PREDICTED_WIDTH);
    tr_print_left(out, "90 % interval", INTERVAL_WIDTH);
    tr_write_text(out, "bound\n");
}

void tr_print_predicted(tr_writer *out, const char *label, const tr_quantity *q, tr_unit unit, const char *remark)
{
    char value[64], low[64], high[64], text[160];
    tr_write_text(out, "  ");
    tr_print_left(out, label, LABEL_WIDTH);
    tr_print_left(out, tr_print_three(q->predicted, unit, value, sizeof value), PREDICTED_WIDTH);
    if (q->low == q->high || !isfinite(q->low))
        (void)tr_text_copy(text, sizeof text, isfinite(q->low) ? "as given" : "-");
    else
        (void)snprintf(text, sizeof text, "%s to %s", tr_print_three(q->low, unit, low, sizeof low),
                       tr_print_three(q->high, unit, high, sizeof high));
    tr_print_left(out, text, INTERVAL_WIDTH);
    tr_write_text(out, tr_print_three(q->bound, unit, value, sizeof value));
    if (remark != NULL) {
        tr_write_text(out, "   ");
        tr_write_text(out, remark);
    }
    tr_write_char(out, '\n');
}

void tr_print_heading(tr_writer *out, const tr_style *style, const char *title)
{
    tr_write_text(out, style->colour ? "\n\033[1m" : "\n");
    tr_write_text(out, title);
    tr_write_text(out, style->colour ? "\033[0m\n" : "\n");
}

const char *tr_print_batch(double batch_seq, char *out, size_t size)
{
    if (batch_seq < 1000)
        (void)tr_text_fixed(out, size, batch_seq, 2);
    else
        (void)tr_quantity_format(batch_seq < 1e5 ? floor(batch_seq + 0.5) : batch_seq, TR_UNIT_SEQ, out,
                                 size);
    return out;
}
