/* figure/wrap.c -- text as spans: decoding, measuring, wrapping. */
#include "figure/wrap.h"

#include <string.h>

/* Advance widths in 1/1000 em of the characters ' ' to '~', regular and bold,
 * of a wide sans (DejaVu Sans): in the narrower faces most screens have, text
 * laid out with these only gains room. */
static const uint16_t REGULAR[95] = {
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361,  318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635,  611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352,  635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592,  525, 636, 337, 636, 838};
static const uint16_t BOLD[95] = {
    348, 456,  521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415,  380, 365, 696, 696,  696,
    696, 696,  696, 696, 696, 696,  696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830,  683,
    683, 821,  837, 372, 372, 775,  637, 995, 837, 850, 733, 850, 770, 720,  682, 812, 774, 1103, 771,
    724, 725,  457, 365, 457, 838,  500, 500, 675, 716, 593, 716, 678, 435,  716, 712, 343, 343,  665,
    343, 1042, 712, 687, 716, 716,  493, 595, 478, 712, 652, 924, 645, 652,  582, 712, 365, 712,  838};
#define ELLIPSIS_EM 1.0
#define REPLACEMENT 0xFFFDu

tr_fig_span tr_fig_span_of(const char *text)
{
    return (tr_fig_span){text, text != NULL ? strlen(text) : 0, 0};
}

static uint32_t clean(uint32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r')
        return ' ';
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF ||
        (c & 0xFFFE) == 0xFFFE || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        return REPLACEMENT;
    return c;
}

uint32_t tr_fig_utf8_next(const char **at, const char *end)
{
    const unsigned char *p = (const unsigned char *)*at;
    const size_t left = (size_t)(end - *at);
    if (left == 0)
        return 0;
    if (p[0] < 0x80) {
        *at += 1;
        return clean(p[0] == 0 ? REPLACEMENT : p[0]);
    }
    const size_t length = p[0] >= 0xF0 && p[0] < 0xF5   ? 4
                          : p[0] >= 0xE0 && p[0] < 0xF0 ? 3
                          : p[0] >= 0xC2 && p[0] < 0xE0 ? 2
                                                        : 0;
    if (length == 0 || length > left) {
        *at += 1;
        return REPLACEMENT;
    }
    uint32_t c = p[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *at += 1;
            return REPLACEMENT;
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    *at += length;
    static const uint32_t LEAST[5] = {0, 0, 0x80, 0x800, 0x10000};
    return c < LEAST[length] ? REPLACEMENT : clean(c);
}

size_t tr_fig_utf8_encode(uint32_t c, char out[4])
{
    size_t n = 0;
    if (c < 0x80) {
        out[n++] = (char)c;
        return n;
    }
    if (c >= 0x10000) {
        out[n++] = (char)(0xF0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3F));
    } else if (c >= 0x800) {
        out[n++] = (char)(0xE0 | c >> 12);
    }
    out[n++] = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3F) : 0xC0 | c >> 6);
    out[n++] = (char)(0x80 | (c & 0x3F));
    return n;
}

static int is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

static int is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
}

int tr_fig_cell_width(uint32_t c) { return is_mark(c) ? 0 : is_wide(c) ? 2 : 1; }

static double em_of(uint32_t c, int bold)
{
    if (c >= ' ' && c <= '~')
        return (double)(bold ? BOLD[c - ' '] : REGULAR[c - ' ']) / 1000.0;
    if (is_mark(c))
        return 0.0;
    if (c == 0xA0)
        return bold ? 0.348 : 0.318;
    if (c == 0xB7)
        return bold ? 0.38 : 0.318;
    if (c == 0x2013)
        return 0.5;
    if (c < 0x250)
        return bold ? 0.85 : 0.75;
    return 1.05;
}

double tr_fig_measure_px(tr_fig_span span, double size, int bold)
{
    double em = span.cut ? ELLIPSIS_EM : 0.0;
    const char *at = span.text, *end = span.length > 0 ? span.text + span.length : span.text;
    for (uint32_t c; span.length > 0 && (c = tr_fig_utf8_next(&at, end)) != 0;)
        em += em_of(c, bold);
    return em * size;
}

double tr_fig_measure_cell(tr_fig_span span, double size, int bold)
{
    (void)size, (void)bold;
    int cells = span.cut ? 1 : 0;
    const char *at = span.text, *end = span.length > 0 ? span.text + span.length : span.text;
    for (uint32_t c; span.length > 0 && (c = tr_fig_utf8_next(&at, end)) != 0;)
        cells += tr_fig_cell_width(c);
    return cells;
}

tr_fig_span tr_fig_fit(tr_fig_measure measure, tr_fig_span span, double size, int bold, double width)
{
    if (measure(span, size, bold) <= width)
        return span;
    tr_fig_span fit = {span.text, 0, 1};
    const char *at = span.text, *end = span.text + span.length;
    double used = measure(fit, size, bold);
    while (at < end) {
        const char *from = at;
        (void)tr_fig_utf8_next(&at, end);
        used += measure((tr_fig_span){from, (size_t)(at - from), 0}, size, bold);
        if (used > width)
            break;
        fit.length = (size_t)(at - span.text);
    }
    while (fit.length > 0 && fit.text[fit.length - 1] == ' ')
        fit.length--;
    return fit;
}

static int is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/* One line from *at: as many words as fit, at least one (cut if it alone is too
 * wide). Widths add up, so that every word is measured once. */
static tr_fig_span take_line(tr_fig_measure measure, const char **at, double size, int bold, double width)
{
    const char *start = *at;
    while (is_space(*start))
        start++;
    const char *p = start, *end = start;
    double used = 0.0;
    for (int first = 1; *p != '\0'; first = 0) {
        const char *from = p;
        while (is_space(*p))
            p++;
        while (*p != '\0' && !is_space(*p))
            p++;
        used += measure((tr_fig_span){from, (size_t)(p - from), 0}, size, bold);
        if (!first && used > width)
            break;
        end = p;
    }
    while (end > start && is_space(end[-1]))
        end--;
    *at = end;
    while (is_space(**at))
        (*at)++;
    return tr_fig_fit(measure, (tr_fig_span){start, (size_t)(end - start), 0}, size, bold, width);
}

static size_t break_lines(tr_fig_measure measure, const char *text, double size, int bold, double width,
                          tr_fig_span *lines, size_t max_lines)
{
    size_t count = 0;
    const char *at = text;
    while (is_space(*at))
        at++;
    while (*at != '\0' && count < max_lines) {
        const char *start = at;
        lines[count] = take_line(measure, &at, size, bold, width);
        count++;
        if (count == max_lines && *at != '\0') {
            const tr_fig_span rest = tr_fig_span_of(start);
            lines[count - 1] = tr_fig_fit(measure, rest, size, bold, width);
        }
    }
    return count;
}

size_t tr_fig_wrap(tr_fig_measure measure, const char *text, double size, int bold, double width,
                   tr_fig_span *lines, size_t max_lines)
{
    if (text == NULL || max_lines == 0)
        return 0;
    const size_t count = break_lines(measure, text, size, bold, width, lines, max_lines);
    if (count < 2)
        return count;
    for (size_t i = 0; i < count; i++)
        if (lines[i].cut)
            return count;
    /* Even the lines out: the narrowest width that still takes as many. */
    double low = width / 2.0, high = width;
    for (int i = 0; i < 6; i++) {
        const double middle = (low + high) / 2.0;
        const size_t used = break_lines(measure, text, size, bold, middle, lines, max_lines);
        int whole = used == count;
        for (size_t k = 0; k < used; k++)
            whole = whole && !lines[k].cut;
        if (whole)
            high = middle;
        else
            low = middle;
    }
    return break_lines(measure, text, size, bold, high, lines, max_lines);
}
