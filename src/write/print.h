/* write/print.h -- pages for people: wrapped text, "label  value" lines, headings. */
#ifndef TOKENROOF_SRC_WRITE_PRINT_H
#define TOKENROOF_SRC_WRITE_PRINT_H

#include <tokenroof/problem.h>
#include <tokenroof/write.h>

#include "base/sink.h"

/* text broken at blanks to fit columns; first and next stand before the lines. */
void tr_print_wrapped(tr_writer *out, const char *first, const char *next, const char *text, int columns);

/* A cell of a table: text in width columns, at its left or right edge, with a blank at least; width 0 adds none. */
void tr_print_left(tr_writer *out, const char *text, size_t width);
void tr_print_right(tr_writer *out, const char *text, size_t width);

/* What a page takes where the terminal's width is not known to the line that is written. */
enum { TR_PAGE_COLUMNS = 100 };

/* "  label ......... value   remark\n": label padded to the page's column, a remark beyond the page's width wrapped
 * under its own beginning. remark may be NULL. */
void tr_print_line(tr_writer *out, const char *label, const char *value, const char *remark);
void tr_print_quantity(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark);

/* A predicted figure with its 90 % interval and its lower bound, a line each under one head. Three digits, which is
 * more than a prediction knows; not finite is "-". remark may be NULL. */
void tr_print_predicted_head(tr_writer *out);
void tr_print_predicted(tr_writer *out, const char *label, const tr_quantity *value, tr_unit unit, const char *remark);

/* A batch with the decimals that matter: "600.49", "5584". Returns out. */
const char *tr_print_batch(double batch_seq, char *out, size_t size);

/* Three digits, which is more than a prediction knows; "-" for what is not finite. Returns out. */
const char *tr_print_three(double value, tr_unit unit, char *out, size_t size);

/* "2.29 requests/s", "0.771 requests a day": in the time in which they can be counted. Returns out. */
const char *tr_print_request_rate(double request_per_s, char *out, size_t size);

/* "\nTitle\n", bold where the style has colour. */
void tr_print_heading(tr_writer *out, const tr_style *style, const char *title);

#endif
