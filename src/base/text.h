/* base/text.h -- tiny bounded string helpers and a fast fixed-point writer.
 *
 * Every function that writes always terminates out within size and returns
 * the length that was needed, so that result >= size means it was cut.
 * Letters are folded in ASCII only: no locale.
 */
#ifndef TOKENROOF_SRC_BASE_TEXT_H
#define TOKENROOF_SRC_BASE_TEXT_H

#include <stddef.h>

/* out may be NULL if size is 0. */
size_t tr_text_copy(char *out, size_t size, const char *text);
size_t tr_text_copy_span(char *out, size_t size, const char *text, size_t length);

/* Append to the terminated text in out; returns the whole length needed. */
size_t tr_text_append(char *out, size_t size, const char *text);

char tr_text_lower(char c);
int tr_text_is_space(char c);   /* blank, tab, newline, carriage return */
int tr_text_is_digit(char c);

/* Equal but for case. */
int tr_text_same(const char *a, const char *b);
/* Order but for case: < 0, 0, > 0. */
int tr_text_compare(const char *a, const char *b);
/* text begins with prefix, but for case. */
int tr_text_starts(const char *text, const char *prefix);
/* text holds part, but for case. */
int tr_text_holds(const char *text, const char *part);
int tr_text_holds_word(const char *text, const char *part); /* where a word of the text begins */

/* value with at most decimals (0..9) digits after the point, trailing zeros and
 * a lone "-0" dropped: "12.5", "0.07", "-3". About ten times faster than
 * printf, for coordinates. Rounds halves away from zero in the last binary
 * place. Beyond +-1e9 (or NaN) it writes the nearer limit (or 0): such a
 * coordinate is off every page. out needs 24 bytes. */
size_t tr_text_fixed(char *out, size_t size, double value, int decimals);

#endif
