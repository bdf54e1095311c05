/* answer/print.h -- pages for people: wrapped text, "label  value" lines, headings. */
#ifndef TOKENROOF_SRC_ANSWER_PRINT_H
#define TOKENROOF_SRC_ANSWER_PRINT_H

#include <tokenroof/answer.h>

#include "base/sink.h"

/* text broken at blanks to fit columns; first and next stand before the lines. */
void tr_print_wrapped(tr_writer *out, const char *first, const char *next, const char *text, int columns);

/* "  label ......... value   remark\n": label padded to the page's column. remark may be NULL. */
void tr_print_line(tr_writer *out, const char *label, const char *value, const char *remark);
void tr_print_quantity(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark);

/* A batch with the decimals that matter: "600.49", "5584". Returns out. */
const char *tr_print_batch(double batch_seq, char *out, size_t size);

/* "72 chips: 360 PFLOP/s in fp8, ...": what the answer was computed with, one line. */
void tr_print_chips(const tr_problem *question, tr_writer *out);
/* The same, and a line for the layout: "layout tp 8: best of those that fit for batch 64 at 4k". */
void tr_print_setting(const tr_problem *question, tr_writer *out);

/* "\nTitle\n", bold where the style has colour. */
void tr_print_heading(tr_writer *out, const tr_style *style, const char *title);

#endif
