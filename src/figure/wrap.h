/* figure/wrap.h -- text as spans: decoding, measuring, wrapping. Nothing is copied. */
#ifndef TOKENROOF_SRC_FIGURE_WRAP_H
#define TOKENROOF_SRC_FIGURE_WRAP_H

#include <stddef.h>
#include <stdint.h>

/* A piece of somebody else's text; cut: shown with an ellipsis after it. */
typedef struct tr_fig_span {
    const char *text;
    size_t length;
    int cut;
} tr_fig_span;

/* Width of a span at a text size. */
typedef double (*tr_fig_measure)(tr_fig_span span, double size, int bold);

tr_fig_span tr_fig_span_of(const char *text); /* NULL is the empty span */

/* The next character, never an illegal one: malformed UTF-8, surrogates,
 * controls and direction overrides come out as U+FFFD, white space as a
 * space. Advances *at; 0 at the end. */
uint32_t tr_fig_utf8_next(const char **at, const char *end);

/* Writes 1 to 4 bytes; returns how many. */
size_t tr_fig_utf8_encode(uint32_t character, char out[4]);

int tr_fig_cell_width(uint32_t character); /* 0, 1 or 2 columns of a terminal */
double tr_fig_measure_px(tr_fig_span span, double size, int bold);
double tr_fig_measure_cell(tr_fig_span span, double size, int bold);

/* Break text at spaces into at most max_lines lines no wider than width,
 * evened out so that no short line is left over; what is left after the last
 * one is cut with an ellipsis. Returns the number of lines, 0 for no text. */
size_t tr_fig_wrap(tr_fig_measure measure, const char *text, double size, int bold, double width,
                   tr_fig_span *lines, size_t max_lines);

/* One line no wider than width, cut if it has to be. */
tr_fig_span tr_fig_fit(tr_fig_measure measure, tr_fig_span span, double size, int bold, double width);

#endif
